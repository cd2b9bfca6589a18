// Servemux writes down what http.ServeMux does with random patterns and requests, one set of patterns a line.
//
// Each pattern stands for a resource: it is registered without a method, and leads to a mux of its own that knows the
// methods of the resource.
package main

import (
	"bufio"
	"encoding/json"
	"flag"
	"fmt"
	"math/rand"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
)

// Resource is a pattern and its methods; Error is why it could not be registered.
type Resource struct {
	Pattern string
	Methods []string
	Error   string `json:",omitempty"`
}

// Request is a request, and what became of it.
type Request struct {
	Method   string
	Host     string
	Target   string
	Status   int
	Pattern  string            `json:",omitempty"`
	Values   map[string]string `json:",omitempty"`
	Allow    string            `json:",omitempty"`
	Location string            `json:",omitempty"`
}

// Set is a mux.
type Set struct {
	Resources []*Resource
	Requests  []*Request
}

func main() {
	seed := flag.Int64("seed", 1, "of the random choices")
	sets := flag.Int("sets", 400, "how many sets of patterns")
	requests := flag.Int("requests", 14, "how many requests to each")
	flag.Parse()
	random := &source{rand.New(rand.NewSource(*seed))}
	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for range make([]struct{}, *sets) {
		set := &Set{Resources: random.resources()}
		mux := register(set.Resources)
		for range make([]struct{}, *requests) {
			request := random.request(set.Resources)
			serve(mux, request)
			set.Requests = append(set.Requests, request)
		}
		if err := encoder.Encode(set); err != nil {
			panic(err)
		}
	}
}

var registeredAt = regexp.MustCompile(` \(registered at [^)]*\)`)

func register(resources []*Resource) *http.ServeMux {
	mux := http.NewServeMux()
	for _, resource := range resources {
		func() {
			defer func() {
				if reason := recover(); reason != nil {
					resource.Error = registeredAt.ReplaceAllString(fmt.Sprint(reason), "")
				}
			}()
			mux.Handle(resource.Pattern, verbs(resource))
		}()
	}
	return mux
}

func verbs(resource *Resource) http.Handler {
	mux := http.NewServeMux()
	for _, method := range resource.Methods {
		func() {
			defer func() { _ = recover() }() // the pattern is wrong, which the outer mux says
			mux.HandleFunc(method+" "+resource.Pattern, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Pattern", resource.Pattern)
				for _, name := range names.FindAllStringSubmatch(resource.Pattern, -1) {
					w.Header().Add("Value", name[1]+"="+r.PathValue(name[1]))
				}
			})
		}()
	}
	return mux
}

var names = regexp.MustCompile(`\{([^{}.$]+)(?:\.\.\.)?\}`)

func serve(mux *http.ServeMux, request *Request) {
	raw := fmt.Sprintf("%s %s HTTP/1.1\r\nHost: %s\r\n\r\n", request.Method, request.Target, request.Host)
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(raw)))
	if err != nil {
		request.Status = http.StatusBadRequest
		return
	}
	w := httptest.NewRecorder()
	mux.ServeHTTP(w, r)
	request.Status = w.Code
	if w.Code == http.StatusMovedPermanently {
		request.Status = http.StatusTemporaryRedirect // up to Go 1.25
	}
	request.Pattern = w.Header().Get("Pattern")
	request.Allow = w.Header().Get("Allow")
	request.Location = w.Header().Get("Location")
	for _, pair := range w.Header().Values("Value") {
		if request.Values == nil {
			request.Values = map[string]string{}
		}
		name, value, _ := strings.Cut(pair, "=")
		request.Values[name] = value
	}
}
