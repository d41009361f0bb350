package io.nodejoin.activities.kubernetes.clusterinfo;

import org.jspecify.annotations.Nullable;

/**
 * One thing that may be done with one kind of resource.
 *
 * @param apiGroup the empty string for the core group
 * @param resource in the plural, with its subresource behind a slash if it has one
 * @param namespace null for all namespaces, and for what lies in none
 * @param name null for any object
 */
public record ResourceAccess(
        String verb,
        String apiGroup,
        String resource,
        @Nullable String namespace,
        @Nullable String name) {

    /** Of all objects, in all namespaces. */
    public static ResourceAccess to(String verb, String apiGroup, String resource) {
        return new ResourceAccess(verb, apiGroup, resource, null, null);
    }

    /** Of one namespace only. */
    public ResourceAccess in(String onlyNamespace) {
        return new ResourceAccess(verb, apiGroup, resource, onlyNamespace, name);
    }

    /** Of one object only. */
    public ResourceAccess named(String onlyName) {
        return new ResourceAccess(verb, apiGroup, resource, namespace, onlyName);
    }

    /** As people say it: {@code get secrets in kube-system}. */
    public String describe() {
        return verb + " " + resource + (name == null ? "" : " " + name) + (namespace == null ? "" : " in " + namespace);
    }
}
