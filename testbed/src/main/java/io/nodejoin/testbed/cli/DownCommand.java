package io.nodejoin.testbed.cli;

import io.nodejoin.testbed.TestBed;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

@Command(name = "down", description = "End and delete everything that belongs to a bed; harmless if it is not up.")
final class DownCommand implements Runnable {
    @Mixin
    private BedOption bedOption = new BedOption();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        String outcome = TestBed.findSettings(bedOption.name())
                .map(settings -> {
                    TestBed.open(settings).down();
                    return "bed " + bedOption.name() + " is down, nothing of it is left";
                })
                .orElse("bed " + bedOption.name() + " is not up");
        Output.of(spec).println(outcome);
    }
}
