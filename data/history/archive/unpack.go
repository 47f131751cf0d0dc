package archive

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// parseChecksum reads a line as sha256sum writes it and returns the digest, in
// hex. The line must be about the file of that name.
func parseChecksum(text []byte, name string) (string, error) {
	fields := strings.Fields(string(text))
	if len(fields) != 2 {
		return "", errors.New("the checksum file is no line of sha256sum's")
	}
	digest, file := strings.ToLower(fields[0]), strings.TrimPrefix(fields[1], "*")
	if raw, err := hex.DecodeString(digest); err != nil || len(raw) != sha256.Size {
		return "", errors.New("the checksum file holds no SHA-256")
	}
	if file != name {
		return "", fmt.Errorf("the checksum is that of %q", clip(file))
	}
	return digest, nil
}

// unpack verifies a zip and returns its table, which must be its one member
// and have that name.
func unpack(file []byte, digest, name string) ([]byte, error) {
	if sum := sha256.Sum256(file); hex.EncodeToString(sum[:]) != digest {
		return nil, errors.New("its checksum differs from the one published")
	}
	z, err := zip.NewReader(bytes.NewReader(file), int64(len(file)))
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, fmt.Errorf("it cannot be unpacked: %w", err)
	}
	if len(z.File) != 1 {
		return nil, fmt.Errorf("it has %d members, not one", len(z.File))
	}
	member := z.File[0]
	if member.Name != name {
		return nil, fmt.Errorf("its member is named %q", clip(member.Name))
	}
	most := min(maxTable, int64(len(file))*maxRatio)
	if member.UncompressedSize64 > uint64(most) {
		return nil, fmt.Errorf("it would unpack to %d bytes", member.UncompressedSize64)
	}
	r, err := member.Open()
	if err != nil {
		return nil, fmt.Errorf("it cannot be unpacked: %w", err)
	}
	defer r.Close()
	table, err := io.ReadAll(io.LimitReader(r, most+1)) // what the header claims is only a claim
	switch {
	case err != nil:
		return nil, fmt.Errorf("it cannot be unpacked: %w", err)
	case int64(len(table)) > most:
		return nil, fmt.Errorf("it unpacks to more than %d bytes", most)
	}
	return table, nil
}

// clip shortens what a stranger wrote before it is quoted.
func clip(s string) string {
	const most = 60
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
