package io.nodejoin.testbed.apiproxy;

import java.net.URI;
import java.util.Arrays;
import java.util.List;

/**
 * One kind of call to the API server.
 *
 * @param verb GET, LIST, WATCH, POST, PUT, PATCH or DELETE
 * @param resource in the plural, with its subresource if the call is to one: {@code secrets}, {@code pods/eviction}; a path that
 *     belongs to no resource as it is
 */
record ApiCall(String verb, String resource) {
    private static final String NAMESPACES = "namespaces";

    /** See https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris. */
    static ApiCall parse(String method, String target) {
        URI uri = URI.create(target);
        List<String> path = List.of(uri.getPath().substring(1).split("/"));
        int version = path.getFirst().equals("api") ? 2 : path.getFirst().equals("apis") ? 3 : path.size();
        if (path.size() <= version) {
            return new ApiCall(method, uri.getPath());
        }
        List<String> rest = path.subList(version, path.size());
        List<String> own = rest.size() > 2 && rest.getFirst().equals(NAMESPACES) ? rest.subList(2, rest.size()) : rest;
        String resource = own.size() > 2 ? own.get(0) + "/" + own.get(2) : own.getFirst();
        if (!method.equals("GET")) {
            return new ApiCall(method, resource);
        }
        String query = uri.getQuery() == null ? "" : uri.getQuery();
        boolean watches = Arrays.asList(query.split("&")).contains("watch=true");
        return new ApiCall(watches ? "WATCH" : own.size() == 1 ? "LIST" : "GET", resource);
    }

    boolean isWatch() {
        return verb.equals("WATCH");
    }

    boolean isRead() {
        return isWatch() || verb.equals("GET") || verb.equals("LIST");
    }

    @Override
    public String toString() {
        return verb + " " + resource;
    }
}
