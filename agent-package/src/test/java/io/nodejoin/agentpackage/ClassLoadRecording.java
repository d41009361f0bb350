package io.nodejoin.agentpackage;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;

/**
 * Runs the agent once against a gateway that never has time for it, to see which classes of others it loads and which lambdas
 * it makes.
 */
record ClassLoadRecording(Path directory) {
    private static final String LAMBDA = "@lambda";
    private static final String OWN = "io/nodejoin/";
    private static final String TESTED = "self-test: done";
    private static final int QUESTIONS = 3;
    private static final long TIMEOUT_SECONDS = 60;

    /** What was loaded, as the list of an archive has it: classes, then lambdas, each in order. */
    List<String> record() throws IOException, InterruptedException {
        List<String> seen = run(directory.resolve("loaded"));
        Set<String> classes = new TreeSet<>();
        Set<String> lambdas = new TreeSet<>();
        for (String line : seen) {
            if (line.startsWith(LAMBDA)) {
                lambdas.add(line);
            } else if (!line.startsWith("@") && !line.startsWith("#") && !line.startsWith(OWN)) {
                classes.add(line.replaceFirst(" id: .*", ""));
            }
        }
        List<String> lines = new ArrayList<>(classes);
        lines.addAll(lambdas);
        return lines;
    }

    private List<String> run(Path loaded) throws IOException, InterruptedException {
        try (UnavailableGateway gateway = UnavailableGateway.start(directory)) {
            Path secret = Files.writeString(directory.resolve("secret"), "rehearsal-rehearsal");
            Path config = Files.writeString(directory.resolve("agent.json"), """
                    {"cluster": "rehearsal", "node": "rehearsal", "gateway": "%s", "gatewayCaFile": "%s",
                     "enrollmentSecretFile": "%s", "stateDirectory": "%s"}
                    """.formatted(
                            gateway.url(), gateway.authority(), secret, directory.resolve("state")));
            Process agent = start(loaded, config);
            try {
                if (!gateway.awaitRequests(QUESTIONS, TIMEOUT_SECONDS)) {
                    throw new IOException("the agent did not ask its gateway " + QUESTIONS + " times");
                }
                awaitSelfTest(agent);
            } finally {
                agent.destroy();
                agent.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS);
            }
        }
        return Files.readAllLines(loaded);
    }

    private static void awaitSelfTest(Process agent) throws IOException {
        try (BufferedReader log = agent.errorReader()) {
            if (log.lines().noneMatch(line -> line.contains(TESTED))) {
                throw new IOException("the agent ended without having tested itself");
            }
        }
    }

    private static Process start(Path loaded, Path config) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(RuntimeImage.JVM_OPTIONS);
        command.add("-XX:DumpLoadedClassList=" + loaded);
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), "io.nodejoin.agent.AgentMain"));
        command.addAll(List.of("run", "--config", config.toString()));
        return new ProcessBuilder(command)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
    }
}
