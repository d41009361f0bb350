// Queries reads a JSON array of PromQL queries from standard input and prints, for each, the metrics that it selects with
// the labels that it matches or groups by. It exits with 1 and the parser's message at the first one that is no PromQL.
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"github.com/prometheus/prometheus/promql/parser"
)

type selection struct {
	Metric string   `json:"metric"`
	Labels []string `json:"labels"`
}

func main() {
	var queries []string
	if err := json.NewDecoder(os.Stdin).Decode(&queries); err != nil {
		fail("the input is no JSON array of strings: %v", err)
	}
	parsed := make([][]selection, 0, len(queries))
	for _, query := range queries {
		expression, err := parser.NewParser(parser.Options{}).ParseExpr(query)
		if err != nil {
			fail("%s: %v", query, err)
		}
		parsed = append(parsed, selections(expression))
	}
	if err := json.NewEncoder(os.Stdout).Encode(parsed); err != nil {
		fail("%v", err)
	}
}

func selections(expression parser.Expr) []selection {
	found := []selection{}
	parser.Inspect(expression, func(node parser.Node, path []parser.Node) error {
		selector, isSelector := node.(*parser.VectorSelector)
		if !isSelector {
			return nil
		}
		one := selection{Metric: selector.Name, Labels: []string{}}
		for _, matcher := range selector.LabelMatchers {
			if matcher.Name == "__name__" {
				one.Metric = matcher.Value
			} else {
				one.Labels = append(one.Labels, matcher.Name)
			}
		}
		one.Labels = append(one.Labels, grouping(path)...)
		slices.Sort(one.Labels)
		one.Labels = slices.Compact(one.Labels)
		found = append(found, one)
		return nil
	})
	return found
}

// The labels that the enclosing aggregations keep.
func grouping(path []parser.Node) []string {
	labels := []string{}
	for _, node := range path {
		if aggregation, ok := node.(*parser.AggregateExpr); ok && !aggregation.Without {
			labels = append(labels, aggregation.Grouping...)
		}
	}
	return labels
}

func fail(format string, arguments ...any) {
	fmt.Fprintf(os.Stderr, format+"\n", arguments...)
	os.Exit(1)
}
