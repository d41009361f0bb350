// Decodes each KubeletConfiguration that it is given as strictly as the kubelet of its module's version does, and prints
// the members that this version knows: path and kind.
package main

import (
	"fmt"
	"os"
	"reflect"
	"sort"
	"strings"

	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer"
	"k8s.io/kubelet/config/v1beta1"
)

func main() {
	scheme := runtime.NewScheme()
	scheme.AddKnownTypes(v1beta1.SchemeGroupVersion, &v1beta1.KubeletConfiguration{})
	strict := serializer.NewCodecFactory(scheme, serializer.EnableStrict).UniversalDeserializer()
	for _, file := range os.Args[1:] {
		text, err := os.ReadFile(file)
		if err == nil {
			_, _, err = strict.Decode(text, nil, nil)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, file, err)
			os.Exit(1)
		}
	}
	var lines []string
	members("", reflect.TypeOf(v1beta1.KubeletConfiguration{}), &lines)
	sort.Strings(lines)
	fmt.Println(strings.Join(lines, "\n"))
}

func members(above string, of reflect.Type, lines *[]string) {
	for i := 0; i < of.NumField(); i++ {
		field := of.Field(i)
		name := strings.Split(field.Tag.Get("json"), ",")[0]
		if name == "" && field.Anonymous {
			members(above, field.Type, lines)
			continue
		}
		kind := field.Type
		if kind.Kind() == reflect.Pointer {
			kind = kind.Elem()
		}
		if kind.Kind() == reflect.Struct && strings.Contains(kind.PkgPath(), "kubelet") {
			members(above+name+".", kind, lines)
			continue
		}
		*lines = append(*lines, above+name+" "+word(kind))
	}
}

func word(kind reflect.Type) string {
	switch kind.Kind() {
	case reflect.Bool:
		return "boolean"
	case reflect.String:
		return "string"
	case reflect.Map:
		return "object"
	case reflect.Slice:
		return "array"
	case reflect.Struct:
		return "string"
	default:
		return "number"
	}
}
