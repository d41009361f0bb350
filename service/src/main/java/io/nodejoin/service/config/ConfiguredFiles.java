package io.nodejoin.service.config;

import io.nodejoin.client.config.Role;
import io.nodejoin.client.config.TemporalPayloads;
import io.nodejoin.client.config.TemporalTls;
import io.nodejoin.gateway.config.GatewaySettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The files that a configuration names: what a process with its roles would miss once it runs. */
public final class ConfiguredFiles {
    private final List<String> problems = new ArrayList<>();

    private ConfiguredFiles() {}

    /** Returns one line for each file that is missing or cannot be used, with its key. */
    public static List<String> problems(ServiceConfig config) {
        ConfiguredFiles files = new ConfiguredFiles();
        if (config.reachesKafka()) {
            files.requireReadable("kafka.clientPropertiesFile", config.kafka().clientPropertiesFile());
        }
        files.requireReadable("temporal.apiKeyFile", config.temporal().apiKeyFile());
        TemporalTls tls = config.temporal().tls();
        if (tls != null) {
            files.requireReadable("temporal.tls.caFile", tls.caFile());
            files.requireReadable("temporal.tls.certFile", tls.certFile());
            files.requireReadable("temporal.tls.keyFile", tls.keyFile());
        }
        TemporalPayloads payloads = config.temporal().payloads();
        if (payloads != null) {
            files.requireReadable("temporal.payloads.keysFile", payloads.keysFile());
        }
        config.clusters().forEach((name, cluster) -> {
            if (config.reachesClusters()) {
                files.requireReadable("clusters." + name + ".kubeconfigFile", cluster.kubeconfigFile());
            }
            if (config.has(Role.INTAKE)) {
                files.requireReadable("clusters." + name + ".requestKeysFile", cluster.requestKeysFile());
            }
        });
        if (config.has(Role.INTAKE)) {
            files.requireDashboard(config.dashboard());
        }
        if (config.has(Role.GATEWAY)) {
            files.requireGateway(config.gateway());
        }
        files.requireWritable("audit.file", config.audit().file());
        return List.copyOf(files.problems);
    }

    private void requireGateway(GatewaySettings gateway) {
        requireReadable("gateway.certificateFile", gateway.certificateFile());
        requireReadable("gateway.keyFile", gateway.keyFile());
        requireReadable("gateway.agentCaCertificateFile", gateway.agentCaCertificateFile());
        requireReadable("gateway.agentCaKeyFile", gateway.agentCaKeyFile());
    }

    private void requireDashboard(DashboardConfig dashboard) {
        requireReadable("dashboard.usersFile", dashboard.usersFile());
        OidcConfig oidc = dashboard.oidc();
        if (oidc != null) {
            requireReadable("dashboard.oidc.clientSecretFile", oidc.clientSecretFile());
            requireReadable("dashboard.oidc.sessionKeyFile", oidc.sessionKeyFile());
            requireReadable("dashboard.oidc.caFile", oidc.caFile());
        }
    }

    private void requireReadable(String key, @Nullable Path file) {
        if (file == null) {
            return;
        }
        if (!Files.exists(file)) {
            problems.add(key + ": there is no file " + file);
        } else if (Files.isDirectory(file) || !Files.isReadable(file)) {
            problems.add(key + ": " + file + " cannot be read");
        }
    }

    /** The file itself appears with the first entry. */
    private void requireWritable(String key, Path file) {
        Path target = Files.exists(file) ? file : file.toAbsolutePath().getParent();
        if (target == null || !Files.exists(target)) {
            problems.add(key + ": there is no directory " + target);
        } else if (!Files.isWritable(target)) {
            problems.add(key + ": " + target + " cannot be written");
        }
    }
}
