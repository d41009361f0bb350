package io.nodejoin.testbed.cli;

import io.nodejoin.testbed.TestBed;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.config.BedSettings;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

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
            paramLabel = "N",
            description = "for a bed of your own: 4 to 20, decides subnet 10.77.N.0/24 and ports")
    private @Nullable Integer number;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        TestBed bed = TestBed.open(
                wantsSomething()
                        ? settings()
                        : TestBed.findSettings(bedOption.name()).orElseGet(this::settings));
        if (withoutService) {
            bed.up();
        } else {
            bed.upWithService();
        }
        printNextSteps(bed);
    }

    /** Without any wish of its own the command takes a bed that is there as it is; else the bed refuses what differs. */
    private boolean wantsSomething() {
        return local || withoutTokenControllers || withoutKubeProxy || number != null;
    }

    private BedSettings settings() {
        try {
            Integer given = number;
            BedSettings settings =
                    given == null ? BedSettings.named(bedOption.name()) : BedSettings.numbered(bedOption.name(), given);
            return settings.withMode(local ? BedMode.LOCAL : BedMode.NAMESPACES)
                    .withTokenControllers(!withoutTokenControllers)
                    .withKubeProxy(!withoutKubeProxy && !local);
        } catch (IllegalArgumentException refused) {
            throw new CliException(TestbedMain.USAGE, refused.getMessage() + " (--number)");
        }
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
}
