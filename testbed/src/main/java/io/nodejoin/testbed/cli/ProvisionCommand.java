package io.nodejoin.testbed.cli;

import io.nodejoin.testbed.config.BedDirectories;
import io.nodejoin.testbed.config.BedMode;
import io.nodejoin.testbed.process.LaunchSpec;
import io.nodejoin.testbed.process.SupervisedProcess;
import io.nodejoin.testbed.provision.Progress;
import io.nodejoin.testbed.provision.Provisioner;
import io.nodejoin.testbed.provision.SourceTree;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "provision",
        description =
                "Bring in advance what any bed wants: packages, Kubernetes, Temporal, Toxiproxy, a Debian for hosts."
                        + " Whoever raises a bed meanwhile waits for it.")
final class ProvisionCommand implements Runnable {
    @Option(names = "--background", description = "return at once and go on without this terminal")
    private boolean background;

    @Option(names = "--local", description = "only what a bed without hosts wants; needs no root")
    private boolean local;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        Map<String, String> environment = System.getenv();
        if (background) {
            startInBackground(BedDirectories.userParent(environment).resolve("provision"));
            return;
        }
        new Provisioner(
                        SourceTree.locate(),
                        BedDirectories.userCache(environment),
                        Progress.onStandardError(),
                        environment)
                .prepareAll(local ? BedMode.LOCAL : BedMode.NAMESPACES);
        Output.of(spec).println("everything is there");
    }

    private void startInBackground(Path directory) {
        SupervisedProcess process = new SupervisedProcess("provision", directory, directory);
        boolean runs = process.isRunning();
        Path script = SourceTree.locate().testbed("testbed");
        process.start(new LaunchSpec(
                local ? List.of(script.toString(), "provision", "--local") : List.of(script.toString(), "provision")));
        Output.of(spec)
                .println((runs ? "it runs already, as process " : "it runs as process ")
                        + process.identity()
                                .map(found -> Long.toString(found.pid()))
                                .orElse("that has ended") + ", and tells in "
                        + process.log());
    }
}
