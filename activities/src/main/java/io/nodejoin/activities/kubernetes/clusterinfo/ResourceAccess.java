package io.nodejoin.activities.kubernetes.clusterinfo;

import org.jspecify.annotations.Nullable;

/**
 * A verb on a kind of resource.
 *
 * @param apiGroup the empty string for the core group
 * @param resource in the plural, with its subresource after a slash if it has one
 * @param namespace null for all namespaces, and for cluster-scoped resources
 * @param name null for any object
 */
public record ResourceAccess(
        String verb,
        String apiGroup,
        String resource,
        @Nullable String namespace,
        @Nullable String name) {

    /** Creates the access to all objects, in all namespaces. */
    public static ResourceAccess to(String verb, String apiGroup, String resource) {
        return new ResourceAccess(verb, apiGroup, resource, null, null);
    }

    /** Restricts it to one namespace. */
    public ResourceAccess in(String onlyNamespace) {
        return new ResourceAccess(verb, apiGroup, resource, onlyNamespace, name);
    }

    /** Restricts it to one object. */
    public ResourceAccess named(String onlyName) {
        return new ResourceAccess(verb, apiGroup, resource, namespace, onlyName);
    }

    /** Returns the access as a phrase: {@code get secrets in kube-system}. */
    public String describe() {
        return verb + " " + resource + (name == null ? "" : " " + name) + (namespace == null ? "" : " in " + namespace);
    }
}
