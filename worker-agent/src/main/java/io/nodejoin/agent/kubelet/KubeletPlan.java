package io.nodejoin.agent.kubelet;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.host.HostFailure;
import io.nodejoin.agent.plan.HostStep;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.HostCommand.KubeletSettings;
import io.nodejoin.protocol.join.AddressPolicy;
import io.nodejoin.protocol.join.Taint;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The steps that start a kubelet. A pure function of what is asked and where the program lies.
 *
 * @param binary path of the kubelet
 * @param runtime what it runs containers with
 * @param dropIns whether the host has a directory of its own kubelet settings
 */
public record KubeletPlan(
        NodeName node,
        KubeletSettings settings,
        BootstrapKubeconfig bootstrap,
        String binary,
        CriEndpoint runtime,
        boolean dropIns) {
    /** One of each family. */
    private static final int MOST_ADDRESSES = 2;

    private static final YAMLMapper YAML = YAMLMapper.builder()
            .disable(YAMLGenerator.Feature.WRITE_DOC_START_MARKER)
            .build();

    /** More than requests can ask for; what is no text at all has no form that every YAML reader agrees on. */
    private static final Pattern PRINTABLE = Pattern.compile("[ -~]{0,512}");

    public KubeletPlan {
        if (settings.nodeIp() != null) {
            requireAddresses(settings.nodeIp().split(",", -1));
        }
        requirePrintable("providerId", settings.providerId());
        for (Taint taint : settings.registerWithTaints()) {
            requirePrintable("key of a taint", taint.key());
            requirePrintable("value of a taint", taint.value());
        }
    }

    private static void requireAddresses(String... addresses) {
        boolean sound = addresses.length <= MOST_ADDRESSES
                && Arrays.stream(addresses)
                        .allMatch(address -> AddressPolicy.brokenBy(address).isEmpty());
        if (!sound) {
            throw new HostFailure(ErrorCode.COMMAND_UNKNOWN, "the nodeIp is neither one address nor two");
        }
    }

    private static void requirePrintable(String what, @Nullable String text) {
        if (text != null && !PRINTABLE.matcher(text).matches()) {
            throw new HostFailure(
                    ErrorCode.COMMAND_UNKNOWN, "the " + what + " is not at most 512 printable ASCII characters");
        }
    }

    /** The steps in their order; the last one starts the unit. */
    public List<HostStep> steps() {
        return List.of(
                new HostStep.MakeDirectory(KubeletPaths.RUN, 0700),
                new HostStep.ClaimDirectory(KubeletPaths.HOME),
                new HostStep.WriteFile(
                        KubeletPaths.CLUSTER_CA, Pem.text(bootstrap.cluster().authorities()), 0644, false),
                new HostStep.WriteFile(KubeletPaths.CONFIG, configuration(), 0644, false),
                new HostStep.WriteFile(KubeletPaths.UNIT_FILE, unit(), 0644, false),
                new HostStep.WriteFile(KubeletPaths.BOOTSTRAP_KUBECONFIG, bootstrap.text(), 0600, true),
                new HostStep.StartUnit(KubeletPaths.UNIT));
    }

    String configuration() {
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
        config.put("cgroupDriver", "systemd");
        config.put("containerRuntimeEndpoint", "unix://" + runtime.socket());
        config.put("clusterDomain", "cluster.local");
        config.put("staticPodPath", KubeletPaths.STATIC_PODS);
        if (!settings.registerWithTaints().isEmpty()) {
            config.put(
                    "registerWithTaints",
                    settings.registerWithTaints().stream()
                            .map(KubeletPlan::taint)
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

    private static Map<String, String> taint(Taint taint) {
        Map<String, String> members = new LinkedHashMap<>();
        members.put("key", taint.key());
        if (taint.value() != null) {
            members.put("value", taint.value());
        }
        members.put("effect", taint.effect().name());
        return members;
    }

    /** Node names and addresses have a grammar without blanks, quotes and per cent signs, so they need no escaping here. */
    String unit() {
        String extra = (dropIns ? " \\\n  --config-dir=" + KubeletPaths.DROP_INS : "")
                + (settings.nodeIp() == null ? "" : " \\\n  --node-ip=" + settings.nodeIp());
        return """
                [Unit]
                Description=Kubernetes Kubelet
                Documentation=https://kubernetes.io/docs/reference/command-line-tools-reference/kubelet/
                After=%s
                Requires=%s
                StartLimitIntervalSec=0

                [Service]
                ExecStart=%s \\
                  --config=%s \\
                  --kubeconfig=%s \\
                  --bootstrap-kubeconfig=%s \\
                  --cert-dir=%s \\
                  --hostname-override=%s%s
                Restart=on-failure
                RestartSec=2
                UMask=0027
                # Until its certificate is there, its memory holds a bootstrap token.
                LimitCORE=0

                [Install]
                WantedBy=multi-user.target
                """.formatted(
                        runtime.unit(),
                        runtime.unit(),
                        binary,
                        KubeletPaths.CONFIG,
                        KubeletPaths.KUBECONFIG,
                        KubeletPaths.BOOTSTRAP_KUBECONFIG,
                        KubeletPaths.PKI,
                        node.value(),
                        extra);
    }
}
