package io.nodejoin.agent.kubelet;

import io.nodejoin.agent.discovery.Pem;
import io.nodejoin.agent.host.HostException;
import io.nodejoin.agent.plan.HostStep;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.NodeName;
import io.nodejoin.protocol.agent.HostCommand.KubeletSettings;
import io.nodejoin.protocol.agent.HostSettings;
import io.nodejoin.protocol.event.AddressPolicy;
import io.nodejoin.protocol.event.Taint;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The steps that start a kubelet. Pure.
 *
 * @param cluster the cluster's settings for its kubelets
 * @param credential what the kubelet has when it starts
 * @param binary path of the kubelet
 * @param runtime the container runtime
 * @param dropIns whether the host has a directory of its own kubelet settings
 */
public record KubeletPlan(
        NodeName node,
        KubeletSettings settings,
        HostSettings cluster,
        KubeletCredential credential,
        String binary,
        CriEndpoint runtime,
        boolean dropIns) {
    /** One of each family. */
    private static final int MAX_ADDRESSES = 2;

    /** Allows more than requests can contain; YAML parsers disagree on other characters. */
    private static final Pattern PRINTABLE = Pattern.compile("[ -~]{0,512}");

    private static final String NO_CORE_DUMP = """
            # Until its certificate is there, its memory holds a bootstrap token.
            LimitCORE=0
            """;

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
        boolean sound = addresses.length <= MAX_ADDRESSES
                && Arrays.stream(addresses)
                        .allMatch(address -> AddressPolicy.violation(address).isEmpty());
        if (!sound) {
            throw new HostException(ErrorCode.COMMAND_UNKNOWN, "the nodeIp is neither one address nor two");
        }
    }

    private static void requirePrintable(String what, @Nullable String text) {
        if (text != null && !PRINTABLE.matcher(text).matches()) {
            throw new HostException(
                    ErrorCode.COMMAND_UNKNOWN, "the " + what + " is not at most 512 printable ASCII characters");
        }
    }

    /** Returns the steps of a kubelet that requests its certificate itself; the last one starts the unit. */
    public List<HostStep> steps() {
        List<HostStep> credentialSteps = switch (credential) {
            case BootstrapKubeconfig bootstrap ->
                List.of(new HostStep.WriteFile(KubeletPaths.BOOTSTRAP_KUBECONFIG, bootstrap.text(), 0600, true));
            case ClientKubeconfig _ -> List.of();
        };
        return concat(fileSteps(), startSteps(credentialSteps));
    }

    /**
     * Returns the steps after {@link #fileSteps}; the last one starts the unit.
     *
     * @param credentialSteps give the kubelet its credential
     */
    public static List<HostStep> startSteps(List<HostStep> credentialSteps) {
        return concat(credentialSteps, List.of(new HostStep.StartUnit(KubeletPaths.UNIT)));
    }

    private static List<HostStep> concat(List<HostStep> first, List<HostStep> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    /** Returns the steps before the kubelet has a credential. */
    public List<HostStep> fileSteps() {
        List<HostStep> directories = switch (credential) {
            case BootstrapKubeconfig _ ->
                List.of(new HostStep.ClaimDirectory(KubeletPaths.HOME), new HostStep.ClaimDirectory(KubeletPaths.PKI));
            case ClientKubeconfig _ ->
                List.of(
                        new HostStep.ClaimDirectory(KubeletPaths.HOME),
                        new HostStep.MakeDirectory(KubeletPaths.PKI, 0700),
                        new HostStep.ClaimDirectory(KubeletPaths.PKI));
        };
        String authorities = Pem.encode(credential.cluster().authorities());
        return concat(
                directories,
                List.of(
                        new HostStep.WriteFile(KubeletPaths.CLUSTER_CA, authorities, 0644, false),
                        new HostStep.WriteFile(KubeletPaths.CONFIG, configuration(), 0644, false),
                        new HostStep.WriteFile(KubeletPaths.UNIT_FILE, unit(), 0644, false)));
    }

    String configuration() {
        return new KubeletConfiguration(settings, cluster, runtime).text();
    }

    /** Node names and addresses contain no blanks, quotes and per cent signs, so they need no escaping here. */
    String unit() {
        boolean byKubelet = credential instanceof BootstrapKubeconfig;
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
                  --kubeconfig=%s%s \\
                  --cert-dir=%s \\
                  --hostname-override=%s%s
                Restart=on-failure
                RestartSec=2
                UMask=0027
                %s
                [Install]
                WantedBy=multi-user.target
                """.formatted(
                        runtime.unit(),
                        runtime.unit(),
                        binary,
                        KubeletPaths.CONFIG,
                        KubeletPaths.KUBECONFIG,
                        byKubelet ? " \\\n  --bootstrap-kubeconfig=" + KubeletPaths.BOOTSTRAP_KUBECONFIG : "",
                        KubeletPaths.PKI,
                        node.value(),
                        extra,
                        byKubelet ? NO_CORE_DUMP : "");
    }
}
