package io.nodejoin.testbed.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Where a bed keeps what it knows. Everything below {@link #root()} belongs to the bed and goes with it.
 *
 * @param parent the directory of all beds
 */
public record BedDirectories(Path parent, String bed) {

    /** The user's state directory for beds, by the XDG rules. */
    public static Path userParent(Map<String, String> environment) {
        return xdg(environment, "XDG_STATE_HOME", ".local/state").resolve("nodejoin/testbed");
    }

    /** The user's cache of built things, by the XDG rules. */
    public static Path userCache(Map<String, String> environment) {
        return xdg(environment, "XDG_CACHE_HOME", ".cache").resolve("nodejoin");
    }

    public Path root() {
        return parent.resolve(bed);
    }

    /** Held while a command changes the bed; beside the bed, since it must outlive it. */
    public Path lock() {
        return parent.resolve(bed + ".lock");
    }

    public Path settings() {
        return root().resolve("bed.properties");
    }

    /** The settings of the bed if it was raised and not taken down. */
    public Optional<BedSettings> raised() {
        try {
            return Files.exists(settings())
                    ? Optional.of(BedSettings.parse(Files.readString(settings())))
                    : Optional.empty();
        } catch (IOException | IllegalArgumentException unreadable) {
            throw new IllegalStateException(
                    "cannot read " + settings() + ", which says what bed " + bed + " is", unreadable);
        }
    }

    public Path run() {
        return root().resolve("run");
    }

    public Path log() {
        return root().resolve("log");
    }

    public Path pki() {
        return root().resolve("pki");
    }

    public Path etcd() {
        return root().resolve("etcd");
    }

    public Path kafka() {
        return root().resolve("kafka");
    }

    public Path temporal() {
        return root().resolve("temporal");
    }

    public Path hosts() {
        return root().resolve("hosts");
    }

    /** One file for each host number in use. */
    public Path hostNumbers() {
        return root().resolve("host-numbers");
    }

    public Path adminKubeconfig() {
        return root().resolve("admin.conf");
    }

    /** The same administrator, over the link to the API server. */
    public Path adminKubeconfigOverLink() {
        return root().resolve("admin-over-link.conf");
    }

    /** Names the cluster and its CA, but no user: for callers that bring a token. */
    public Path anonymousKubeconfig() {
        return root().resolve("anonymous.conf");
    }

    /** Who has written what at the API server, by its own log. */
    public Path apiAudit() {
        return log().resolve("kube-apiserver-audit.log");
    }

    public Path apiAuditPolicy() {
        return root().resolve("audit-policy.yaml");
    }

    public Path serviceConfig() {
        return root().resolve("service.yaml");
    }

    /** Further settings of the service's Kafka clients. */
    public Path kafkaClientProperties() {
        return root().resolve("kafka-client.properties");
    }

    /** The kubeconfig that the service itself uses. */
    public Path serviceCredential() {
        return root().resolve("service.conf");
    }

    private static Path xdg(Map<String, String> environment, String variable, String otherwise) {
        String set = environment.getOrDefault(variable, "");
        if (!set.isEmpty()) {
            return Path.of(set);
        }
        String home = environment.getOrDefault("HOME", "");
        return Path.of(home.isEmpty() ? System.getProperty("user.home", "/") : home)
                .resolve(otherwise);
    }
}
