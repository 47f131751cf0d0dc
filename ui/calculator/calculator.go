// Package calculator is the form that says at which price a position is
// liquidated, and the sentences about it, which the subcommand prints as well.
// What is computed is package liquidation's.
package calculator
