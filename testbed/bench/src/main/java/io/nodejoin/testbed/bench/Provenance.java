package io.nodejoin.testbed.bench;

import io.nodejoin.testbed.process.Command;
import io.nodejoin.testbed.process.CommandResult;
import io.nodejoin.testbed.provision.SourceTree;

/** The machine and the commit of a figure. */
record Provenance(String machine, String commit) {

    static Provenance detect() {
        CommandResult head = Command.of("git", "rev-parse", "HEAD")
                .inDirectory(SourceTree.locate().root())
                .run();
        return new Provenance(
                Runtime.getRuntime().availableProcessors() + " CPUs, " + System.getProperty("os.name") + " "
                        + System.getProperty("os.version"),
                head.succeeded() ? head.output().strip() : "unknown");
    }
}
