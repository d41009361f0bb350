package io.nodejoin.testbed.pki;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Whom a certificate is for.
 *
 * @param organization Kubernetes reads it as the group
 * @param addresses IP addresses among the subject's alternative names
 */
public record Subject(String commonName, @Nullable String organization, List<String> dnsNames, List<String> addresses) {
    public Subject {
        dnsNames = List.copyOf(dnsNames);
        addresses = List.copyOf(addresses);
    }

    public static Subject user(String name) {
        return new Subject(name, null, List.of(), List.of());
    }

    public static Subject memberOf(String group, String name) {
        return new Subject(name, group, List.of(), List.of());
    }

    public static Subject server(String name, List<String> dnsNames, List<String> addresses) {
        return new Subject(name, null, dnsNames, addresses);
    }
}
