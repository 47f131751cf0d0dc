package diagnostics

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
)

// Credentials in addresses: a user name and a password, also in an address that
// was typed wrong; what is called a secret in a query; and the path of a
// webhook, which is the secret itself.
var (
	userInfo = regexp.MustCompile(`(://)[^"'\s]*@`)
	inQuery  = regexp.MustCompile(`(?i)([?&][a-z_.-]*(?:token|key|secret|password|signature|auth)[a-z_.-]*=)[^&\s"']+`)
	webhook  = regexp.MustCompile(`(?i)(https?://(?:[a-z0-9.-]*\.)?(?:api\.telegram\.org|discord\.com|discordapp\.com|hooks\.slack\.com)(?::\d+)?/)[^\s"']+`)
)

// WithoutCredentials leaves user names, passwords and tokens out of the
// addresses in a text.
func WithoutCredentials(text string) string {
	if strings.Contains(text, "://") {
		text = userInfo.ReplaceAllString(text, "$1")
		text = webhook.ReplaceAllString(text, "$1…")
	}
	if strings.Contains(text, "=") {
		text = inQuery.ReplaceAllString(text, "$1…")
	}
	return text
}

// anyHome is a person's folder on the systems there are, by how its path begins.
var anyHome = regexp.MustCompile(`(?i)((?:^|[^a-z0-9_.~-])|[a-z]:)(?:[/\\]+(?:home|Users)[/\\]+[^/\\\s"':]+|/root)\b`)

// ownHome is the folder of the person who runs the program.
func ownHome() string {
	home, err := os.UserHomeDir()
	if err != nil || len(filepath.ToSlash(home)) < 3 { // the root of a disk is no name
		return ""
	}
	return home
}

// Private leaves out of a text what tells who runs the program: credentials in
// addresses, and the names of people's folders, which become "~". Whatever is
// written to a log or a report goes through it.
func Private(text string) string {
	text = WithoutCredentials(text)
	if home := ownHome(); home != "" {
		text = strings.ReplaceAll(text, home, "~")
		text = strings.ReplaceAll(text, strings.ReplaceAll(home, `\`, `\\`), "~") // as it is quoted
	}
	if !strings.ContainsAny(text, `/\`) {
		return text
	}
	return anyHome.ReplaceAllStringFunc(text, func(found string) string {
		parts := anyHome.FindStringSubmatch(found)
		if strings.HasSuffix(parts[1], ":") && len(parts[1]) == 2 { // a drive
			return "~"
		}
		return parts[1] + "~"
	})
}
