package io.nodejoin.testbed.cli;

import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

@Command(name = "rm", description = "End a host and delete all that belonged to it; its Node object stays.")
final class HostRemoveCommand implements Runnable {
    @Mixin
    private BedOption bedOption = new BedOption();

    @Parameters(paramLabel = "HOST")
    private String name = "";

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        bedOption.existingBed().removeHost(name);
        Output.of(spec).println("host " + name + " is gone");
    }
}
