package io.nodejoin.agent.kubelet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.protocol.agent.CgroupDriver;
import io.nodejoin.protocol.agent.HostCommand.KubeletSettings;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.agent.KubeletOptions;
import io.nodejoin.protocol.event.Taint;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The kubelet's configuration file. Every kubelet of {@link KubeletRelease#SUPPORTED} knows its members.
 *
 * @param settings the node's own settings, from the join
 * @param cluster the cluster's settings
 * @param runtime the container runtime
 */
record KubeletConfiguration(KubeletSettings settings, HostSettings cluster, CriEndpoint runtime) {
    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build();

    /** Returns the text of the file. */
    String text() {
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("apiVersion", "kubelet.config.k8s.io/v1beta1");
        config.put("kind", "KubeletConfiguration");
        config.put(
                "authentication",
                Map.of(
                        "anonymous", Map.of("enabled", false),
                        "webhook", Map.of("enabled", true),
                        "x509", Map.of("clientCAFile", KubeletPaths.CLUSTER_CA)));
        config.put("authorization", Map.of("mode", "Webhook"));
        config.put("readOnlyPort", 0);
        config.put("rotateCertificates", true);
        if (Boolean.TRUE.equals(settings.serverTlsBootstrap())) {
            config.put("serverTLSBootstrap", true);
        }
        // Used if the runtime does not report its own driver, as containerd before 2.0.
        config.put(
                "cgroupDriver",
                cluster.cgroupDriver().orElse(CgroupDriver.SYSTEMD).configValue());
        config.put("containerRuntimeEndpoint", "unix://" + runtime.socket());
        config.put("clusterDomain", "cluster.local");
        config.put("staticPodPath", KubeletPaths.STATIC_PODS);
        putSwap(config);
        if (cluster.kubelet() != null) {
            putOptions(config, cluster.kubelet());
        }
        if (!settings.registerWithTaints().isEmpty()) {
            config.put(
                    "registerWithTaints",
                    settings.registerWithTaints().stream()
                            .map(KubeletConfiguration::taint)
                            .toList());
        }
        if (settings.providerId() != null) {
            config.put("providerID", settings.providerId());
        }
        try {
            return YAML.writeValueAsString(config);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("maps and strings have a YAML form", e);
        }
    }

    private void putSwap(Map<String, Object> config) {
        switch (cluster.swapPolicy()) {
            case OFF -> {
                // The kubelet's default: it does not start on a host with swap.
            }
            case NO_SWAP -> tolerateSwap(config, "NoSwap");
            case LIMITED_SWAP -> tolerateSwap(config, "LimitedSwap");
        }
    }

    private static void tolerateSwap(Map<String, Object> config, String behavior) {
        config.put("failSwapOn", false);
        config.put("memorySwap", Map.of("swapBehavior", behavior));
    }

    private static void putOptions(Map<String, Object> config, KubeletOptions options) {
        if (!options.kubeReserved().isEmpty()) {
            config.put("kubeReserved", options.kubeReserved());
        }
        if (!options.systemReserved().isEmpty()) {
            config.put("systemReserved", options.systemReserved());
        }
        if (!options.evictionHard().isEmpty()) {
            config.put("evictionHard", options.evictionHard());
            config.put("mergeDefaultEvictionSettings", true);
        }
        if (options.containerLogMaxSize() != null) {
            config.put("containerLogMaxSize", options.containerLogMaxSize());
        }
        if (options.containerLogMaxFiles() != null) {
            config.put("containerLogMaxFiles", options.containerLogMaxFiles());
        }
    }

    private static Map<String, String> taint(Taint taint) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("key", taint.key());
        if (taint.value() != null) {
            members.put("value", taint.value());
        }
        members.put("effect", taint.effect().name());
        return members;
    }
}
