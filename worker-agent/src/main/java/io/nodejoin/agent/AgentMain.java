package io.nodejoin.agent;

import java.nio.file.Path;
import java.util.List;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Logger;

/** The worker-agent's process. */
public final class AgentMain {
    private static final String USAGE = """
            usage: nodejoin-agent run --config FILE
                   nodejoin-agent %s
                   nodejoin-agent version""".formatted(PreflightCommand.USAGE);
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private AgentMain() {}

    /** Does what the first word says; exits with 2 for a wrong command line or configuration. */
    public static void main(String[] arguments) throws InterruptedException {
        List<String> words = List.of(arguments);
        if (words.equals(List.of("version"))) {
            System.out.println(Version.current());
        } else if (words.size() == 3 && words.subList(0, 2).equals(List.of("run", "--config"))) {
            System.exit(run(Path.of(words.getLast())));
        } else if (!words.isEmpty() && words.getFirst().equals("preflight")) {
            System.exit(look(words.subList(1, words.size())));
        } else {
            System.err.println(USAGE);
            System.exit(MISUSED);
        }
    }

    private static int look(List<String> options) throws InterruptedException {
        try {
            return new PreflightCommand(Wiring.thisHost(), System.out).run(options);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(USAGE);
            return MISUSED;
        }
    }

    private static int run(Path configFile) throws InterruptedException {
        logRedacted();
        AgentConfig config;
        try {
            config = AgentConfig.read(configFile);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            return MISUSED;
        }
        if (!System.getProperty("os.name").equals("Linux")) {
            System.err.println("the worker-agent runs on Linux only, not on " + System.getProperty("os.name"));
            return FAILED;
        }
        Wiring wiring = new Wiring(config, Wiring.thisHost());
        Agent agent = wiring.agent();
        Runtime.getRuntime().addShutdownHook(new Thread(agent::close, "stop"));
        agent.start();
        Thread.ofVirtual().name("self-test").start(wiring.warmUp()::run);
        agent.join();
        return 0;
    }

    private static void logRedacted() {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        ConsoleHandler console = new ConsoleHandler();
        console.setFormatter(new RedactingFormatter());
        root.addHandler(console);
    }
}
