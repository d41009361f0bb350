package io.nodejoin.testbed.controlplane;

import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.provision.SourceTree;
import io.nodejoin.testbed.template.Template;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** The DaemonSet of {@code deploy/kube-proxy} in a bed's cluster, by an overlay as its users write one. */
public final class KubeProxy {
    private static final String EXAMPLE_SERVER = "https://api.cluster.example:6443";
    private static final String KUBECONFIG = "kubeconfig.conf";

    private final BedDirectories directories;
    private final SourceTree sourceTree;
    private final ControlPlane controlPlane;

    /** How kube-proxy implements Service IPs. */
    public enum Mode {
        NFTABLES,
        IPTABLES
    }

    public KubeProxy(BedDirectories directories, SourceTree sourceTree, ControlPlane controlPlane) {
        this.directories = directories;
        this.sourceTree = sourceTree;
        this.controlPlane = controlPlane;
    }

    /** Applies it; nodes that run it in another mode, or another version of it, get this one, one after the other. */
    public void deploy(Mode mode) {
        try {
            Path overlay = Files.createDirectories(directories.root().resolve("kube-proxy"))
                    .toRealPath();
            Path base = sourceTree.module("deploy").resolve("kube-proxy").toRealPath();
            Path relative = overlay.relativize(base);
            Files.writeString(
                    overlay.resolve("kustomization.yaml"),
                    Template.load("controlplane/kube-proxy.yaml")
                            .render(Map.of("base", relative, "components", components(relative, mode))));
            Files.writeString(overlay.resolve(KUBECONFIG), kubeconfig(base));
            controlPlane
                    .kubectl("apply", "--kustomize", overlay.toString())
                    .run()
                    .orFail();
        } catch (IOException cannotWrite) {
            throw new UncheckedIOException("cannot deploy kube-proxy", cannotWrite);
        }
    }

    private static String components(Path base, Mode mode) {
        return switch (mode) {
            case NFTABLES -> "[]";
            case IPTABLES -> "[" + base.resolve("iptables") + "]";
        };
    }

    private String kubeconfig(Path base) throws IOException {
        String example = Files.readString(base.resolve(KUBECONFIG));
        if (!example.contains(EXAMPLE_SERVER)) {
            throw new IllegalStateException(base.resolve(KUBECONFIG) + " does not name " + EXAMPLE_SERVER);
        }
        return example.replace(EXAMPLE_SERVER, controlPlane.url());
    }
}
