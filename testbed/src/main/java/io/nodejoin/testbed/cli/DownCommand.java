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
    private BedChoice choice = new BedChoice();

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        String outcome = TestBed.existing(choice.name())
                .map(settings -> {
                    TestBed.open(settings).down();
                    return "bed " + choice.name() + " is down, nothing of it is left";
                })
                .orElse("bed " + choice.name() + " is not up");
        Output.of(spec).println(outcome);
    }
}
