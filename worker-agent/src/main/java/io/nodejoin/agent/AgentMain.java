package io.nodejoin.agent;

import io.nodejoin.agent.host.HostException;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.logging.ConsoleHandler;
import java.util.logging.Handler;
import java.util.logging.Logger;

/** The entry point of the worker-agent. */
public final class AgentMain {
    private static final String USAGE = """
            usage: nodejoin-agent run --config FILE
                   nodejoin-agent check-certificate --config FILE
                   nodejoin-agent %s
                   nodejoin-agent %s
                   nodejoin-agent %s""".formatted(PreflightCommand.USAGE, PlanCommand.USAGE, VersionCommand.USAGE);
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private AgentMain() {}

    /** Runs the command that the first argument names; exits with 2 for an invalid command line or configuration. */
    public static void main(String[] arguments) throws InterruptedException {
        List<String> words = List.of(arguments);
        try {
            System.exit(run(
                    words.isEmpty() ? "" : words.getFirst(), words.subList(Math.min(1, words.size()), words.size())));
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(USAGE);
            System.exit(MISUSED);
        }
    }

    private static int run(String command, List<String> options) throws InterruptedException {
        return switch (command) {
            case "run" -> run(configFile("run", options));
            case "check-certificate" -> checkCertificateExpiry(configFile("check-certificate", options));
            case "preflight" -> new PreflightCommand(Wiring.thisHost(), System.out).run(options);
            case "plan" -> new PlanCommand(Wiring.thisHost(), System.out).run(options);
            case "version" -> version().run(options);
            default -> throw new IllegalArgumentException("there is no command '" + command + "'");
        };
    }

    private static Path configFile(String command, List<String> options) {
        return Options.parse(options, Set.of("--config"))
                .find("--config")
                .map(Path::of)
                .orElseThrow(() -> new IllegalArgumentException(command + " needs --config FILE"));
    }

    private static VersionCommand version() {
        String home = System.getProperty("nodejoin.agent.home");
        return new VersionCommand(
                home == null ? null : Path.of(home),
                System.getProperty("java.class.path"),
                Clock.systemUTC(),
                System.out);
    }

    private static int checkCertificateExpiry(Path configFile) throws InterruptedException {
        logRedacted();
        Optional<CertificateExpiryCheck> check =
                new Wiring(AgentConfig.read(configFile), Wiring.thisHost()).certificateExpiryCheck();
        if (check.isEmpty()) {
            System.err.println("no agent has run on this machine: there is no node to rejoin as");
            return 0;
        }
        try {
            return check.get().run() ? 0 : FAILED;
        } catch (HostException e) {
            System.err.println(e.problem().toLine());
            return FAILED;
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
        if (wiring.completionMarker().isWritten()) {
            System.err.println("the machine has joined by this enrollment already; another one starts the agent again");
            return 0;
        }
        WarmUp warmUp = wiring.warmUp();
        Agent agent = wiring.agent();
        Runtime.getRuntime().addShutdownHook(new Thread(agent::close, "stop"));
        agent.start();
        Thread.ofVirtual().name("self-test").start(warmUp::run);
        return agent.join() ? 0 : FAILED;
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
