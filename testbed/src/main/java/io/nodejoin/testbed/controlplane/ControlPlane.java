package io.nodejoin.testbed.controlplane;

import io.nodejoin.testbed.config.AddressPlan;
import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.http.HttpProbe;
import io.nodejoin.testbed.net.BedNetwork;
import io.nodejoin.testbed.pki.BedPki;
import io.nodejoin.testbed.pki.Pem;
import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.LaunchSpec;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.provision.Provisioner;
import io.nodejoin.testbed.template.Template;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * A real Kubernetes control plane. Its processes can be killed, paused and restarted one by one; {@link #start()}
 * starts those that do not run, with the state they had.
 */
public final class ControlPlane {
    private static final Duration READY_TIMEOUT = Duration.ofSeconds(90);
    private static final Duration GRACE_PERIOD = Duration.ofSeconds(5);
    private static final Duration PROBE_TIMEOUT = Duration.ofSeconds(10);

    private final AddressPlan plan;
    private final BedDirectories directories;
    private final Provisioner provisioner;
    private final ComponentArguments arguments;
    private final BedNetwork network;
    private final HttpProbe probe;
    private final SupervisedProcess etcd;
    private final SupervisedProcess apiServer;
    private final SupervisedProcess controllerManager;
    private final SupervisedProcess scheduler;

    public ControlPlane(AddressPlan plan, BedDirectories directories, BedPki pki, Provisioner provisioner) {
        this.plan = plan;
        this.directories = directories;
        this.provisioner = provisioner;
        this.probe = HttpProbe.trusting(pki.file("ca.crt"));
        this.arguments = new ComponentArguments(plan, directories, pki);
        this.network = new BedNetwork(plan);
        this.etcd = process("etcd");
        this.apiServer = process("kube-apiserver");
        this.controllerManager = process("kube-controller-manager");
        this.scheduler = process("kube-scheduler");
    }

    /** Starts what does not run and returns when the API server is ready and the controllers respond. */
    public void start() {
        if (plan.inNamespaces()) {
            network.create();
        }
        Pem.writePrivately(
                directories.apiAuditPolicy(),
                Template.load("controlplane/audit-policy.yaml").text());
        start(etcd, arguments.etcd());
        start(apiServer, arguments.apiServer());
        apiServer.awaitReady(READY_TIMEOUT, () -> probe.answersOk(URI.create(url() + "/readyz")));
        start(controllerManager, arguments.controllerManager());
        start(scheduler, arguments.scheduler());
        controllerManager.awaitReady(READY_TIMEOUT, this::hasDefaultServiceAccount);
    }

    /** Stops all components; their state stays. */
    public void stop() {
        List.of(scheduler, controllerManager, apiServer, etcd).forEach(process -> process.stop(GRACE_PERIOD));
    }

    /** Copies etcd's data to a new directory. The components must be stopped. */
    public void snapshotEtcd(Path to) {
        copy(directories.etcd(), to);
    }

    /** Replaces etcd's data by such a copy; its revisions go back with it. The components must be stopped. */
    public void restoreEtcd(Path from) {
        Command.of("rm", "-r", directories.etcd().toString()).run().orFail();
        copy(from, directories.etcd());
    }

    private static void copy(Path from, Path to) {
        Command.of("cp", "--archive", from.toString(), to.toString()).run().orFail();
    }

    public SupervisedProcess etcd() {
        return etcd;
    }

    public SupervisedProcess apiServer() {
        return apiServer;
    }

    public SupervisedProcess controllerManager() {
        return controllerManager;
    }

    public SupervisedProcess scheduler() {
        return scheduler;
    }

    public List<SupervisedProcess> processes() {
        return List.of(etcd, apiServer, controllerManager, scheduler);
    }

    /** The API server as every client of the bed addresses it. */
    public String url() {
        return "https://" + plan.apiServer();
    }

    /** A kubeconfig of system:masters. */
    public Path adminKubeconfig() {
        return directories.adminKubeconfig();
    }

    /** kubectl as administrator. */
    public Command kubectl(String... words) {
        return kubectl(List.of(words));
    }

    /** Returns kubectl as administrator, or with the token in the arguments. */
    public Command kubectl(List<String> words) {
        // With a client certificate in the kubeconfig the API server would ignore the token.
        boolean bringsToken = words.stream().anyMatch(word -> word.equals("--token") || word.startsWith("--token="));
        Path kubeconfig = bringsToken ? directories.anonymousKubeconfig() : directories.adminKubeconfig();
        return tool("kubectl", words)
                .withVariable("KUBECONFIG", kubeconfig.toString())
                .withTimeout(PROBE_TIMEOUT);
    }

    /** kubeadm as administrator. */
    public Command kubeadm(List<String> words) {
        return tool("kubeadm", words)
                .withVariable("KUBECONFIG", directories.adminKubeconfig().toString());
    }

    private Command tool(String name, List<String> words) {
        List<String> all =
                new ArrayList<>(List.of(provisioner.kubernetes().resolve(name).toString()));
        all.addAll(words);
        return Command.of(all);
    }

    /** The default service account is the first thing that a working controller manager brings forth. */
    private boolean hasDefaultServiceAccount() {
        return kubectl("get", "serviceaccount", "default", "--namespace=default")
                .run()
                .succeeded();
    }

    private void start(SupervisedProcess process, List<String> flags) {
        List<String> all = new ArrayList<>(
                List.of(provisioner.kubernetes().resolve(process.name()).toString()));
        all.addAll(flags);
        process.start(
                new LaunchSpec(plan.inNamespaces() ? network.controlPlane().enterCommand(all) : all));
    }

    private SupervisedProcess process(String name) {
        return new SupervisedProcess(name, directories.run(), directories.log());
    }
}
