package main

import (
	"math/rand"
	"strings"
)

type source struct{ *rand.Rand }

func (s *source) pick(of ...string) string { return of[s.Intn(len(of))] }

func (s *source) chance(percent int) bool { return s.Intn(100) < percent }

func (s *source) resources() []*Resource {
	var resources []*Resource
	for i, n := 0, 1+s.Intn(7); i < n; i++ {
		resources = append(resources, &Resource{Pattern: s.pattern(), Methods: s.methods()})
	}
	return resources
}

func (s *source) methods() []string {
	var methods []string
	for _, method := range []string{"GET", "PUT", "POST", "DELETE", "PATCH"} {
		if s.chance(40) {
			methods = append(methods, method)
		}
	}
	if len(methods) == 0 {
		methods = []string{"GET"}
	}
	return methods
}

func (s *source) pattern() string {
	if s.chance(5) {
		return s.pick("", "a", "{x}", "/{", "/}", "/{}", "/{x", "/a{x}", "/{x}b", "/{x-y}", "/{x}/{x}", "/{$}/a", "/{z...}/a",
			"/{...}", "/{1}", "/{_}", "/a/{x}/{x...}", "/{x..}", "h{x}/a", "/a b", "/a\tb", "/{ä}", "/{a.}", "/{x}}", "/{{x}}")
	}
	var pattern strings.Builder
	if s.chance(15) {
		pattern.WriteString(s.pick("h.example", "other.example"))
	}
	wildcards := []string{"{x}", "{y}", "{w}"}
	for i, n := 0, s.Intn(4); i < n; i++ {
		pattern.WriteString("/")
		if s.chance(35) {
			pattern.WriteString(wildcards[0])
			wildcards = wildcards[1:]
		} else {
			pattern.WriteString(s.literal())
		}
		if len(wildcards) == 0 {
			break
		}
	}
	switch s.Intn(5) {
	case 0:
		pattern.WriteString("/")
	case 1:
		pattern.WriteString("/{$}")
	case 2:
		pattern.WriteString("/{z...}")
	default:
		if !strings.Contains(pattern.String(), "/") {
			pattern.WriteString("/")
		}
	}
	return pattern.String()
}

func (s *source) literal() string {
	return s.pick("a", "a", "b", "b", "c", "a%2Fb", "%61", "a.b", "é", "%C3%A9", "x y"[:1], "a:b", "100%25")
}

func (s *source) request(resources []*Resource) *Request {
	request := &Request{Method: s.pick("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE", "PATCH"), Host: s.pick("h.example", "localhost", "h.example:8080", "nowhere.example")}
	path := s.path()
	if s.chance(60) {
		path = s.near(resources[s.Intn(len(resources))].Pattern)
	}
	if s.chance(10) {
		path = "/" + path
	}
	if s.chance(15) {
		path += "/"
	}
	if s.chance(5) {
		path = strings.Replace(path, "/", "/./", 1)
	}
	if s.chance(5) {
		path += "/.."
	}
	if s.chance(10) {
		path += "?q=1&r=%2F"
	}
	request.Target = path
	return request
}

func (s *source) path() string {
	var path strings.Builder
	for i, n := 0, s.Intn(5); i < n; i++ {
		path.WriteString("/" + s.piece())
	}
	if path.Len() == 0 {
		return "/"
	}
	return path.String()
}

func (s *source) piece() string {
	if s.chance(2) {
		return s.pick("%zz", "%2")
	}
	return s.pick("a", "b", "c", "a%2Fb", "a%2fb", "%61", "a.b", "%C3%A9", "a:b", "100%25", "..", "...", "%E2%82%AC", "q;r=1", "~u", "x")
}

// near gives a path that the pattern matches, or that is like one.
func (s *source) near(pattern string) string {
	slash := strings.IndexByte(pattern, '/')
	if slash < 0 {
		return s.path()
	}
	pieces := strings.Split(pattern[slash+1:], "/")
	for i, piece := range pieces {
		switch {
		case piece == "{$}":
			pieces[i] = ""
		case strings.HasSuffix(piece, "...}"):
			pieces[i] = strings.TrimPrefix(s.path(), "/")
		case strings.HasPrefix(piece, "{"):
			pieces[i] = s.piece()
		}
	}
	path := strings.ReplaceAll(strings.ReplaceAll("/"+strings.Join(pieces, "/"), " ", ""), "\t", "")
	return strings.ReplaceAll(path, "é", "%C3%A9")
}
