package io.nodejoin.testbed.cli;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedWish;
import io.nodejoin.workflows.csr.ApprovalMode;
import java.io.PrintWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;

@Command(name = "up", description = "Raise a bed and leave it running; repair it if parts of it do not run.")
final class UpCommand implements Runnable {
    @Mixin
    private BedOption bedOption = new BedOption();

    @Option(names = "--without-service", description = "everything but the Nodejoin service")
    private boolean withoutService;

    @Option(names = "--local", description = "without root: everything on 127.0.0.1, no hosts can be added")
    private boolean local;

    @Option(
            names = "--without-token-controllers",
            description = "the controller manager neither signs cluster-info nor deletes expired tokens")
    private boolean withoutTokenControllers;

    @Option(
            names = "--without-kube-proxy",
            description = "no Service IPs on the hosts, which then boot some seconds faster")
    private boolean withoutKubeProxy;

    @Option(
            names = "--number",
            paramLabel = "5..20",
            description = "for a bed of your own: N decides the subnet 10.77.N.0/24 and the ports")
    private @Nullable Integer number;

    @Option(
            names = "--approval",
            paramLabel = "nodejoin|cluster",
            description = "who approves the kubelets' certificates: Nodejoin (default), or the cluster's"
                    + " kube-controller-manager, which approves them for any node name",
            converter = ApprovalWord.class)
    private ApprovalMode approval = ApprovalMode.NODEJOIN;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        TestBed bed = TestBed.open(wish().settings(TestBed.findSettings(bedOption.name())));
        if (withoutService) {
            bed.up();
        } else {
            bed.upWithService();
        }
        printNextSteps(bed);
    }

    private BedWish wish() {
        return new BedWish(
                bedOption.name(),
                Optional.ofNullable(number),
                local,
                withoutTokenControllers,
                withoutKubeProxy,
                approval == ApprovalMode.CLUSTER);
    }

    private void printNextSteps(TestBed bed) {
        PrintWriter out = Output.of(spec);
        String option = bed.settings().name().equals("main")
                ? ""
                : " --bed " + bed.settings().name();
        out.printf(
                "bed %s is up: API server %s%n",
                bed.settings().name(), bed.controlPlane().url());
        out.printf("  Temporal UI   %s%n", bed.temporal().ui());
        out.printf("  Kafka         %s%n", bed.kafka().bootstrapServers());
        if (bed.service().process().isRunning()) {
            out.printf("  Nodejoin      %s%n", bed.service().admin());
        }
        out.printf("next: eval \"$(testbed/testbed env%1$s)\"; testbed/testbed host add%1$s w1%n", option);
        out.flush();
    }

    /** Reads an approval as people type it. */
    static final class ApprovalWord implements ITypeConverter<ApprovalMode> {
        @Override
        public ApprovalMode convert(String word) {
            return switch (word) {
                case "nodejoin" -> ApprovalMode.NODEJOIN;
                case "cluster" -> ApprovalMode.CLUSTER;
                default -> throw new TypeConversionException("approval is by nodejoin or by the cluster");
            };
        }
    }
}
