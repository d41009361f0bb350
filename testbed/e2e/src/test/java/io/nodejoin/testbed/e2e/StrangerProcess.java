package io.nodejoin.testbed.e2e;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.protocol.ClusterName;
import io.nodejoin.testbed.net.NetworkNamespace;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * An attack from a process of its own, as far as that is possible on another machine: it gets the processors that others leave.
 */
final class StrangerProcess implements AutoCloseable {
    private static final ObjectMapper JSON = JsonMapper.builder().build();
    private static final String LOWEST_PRIORITY = "19";

    private final Process process;

    private StrangerProcess(Process process) {
        this.process = process;
    }

    /** Attacks until {@link #end}, or until this process ends. */
    static StrangerProcess start(StrangerAttack attack, StrangerAttack.Target target) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                "nice",
                "-n",
                LOWEST_PRIORITY,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                StrangerProcess.class.getName(),
                attack.name(),
                target.gateway().toString(),
                target.authority(),
                target.admin().toString(),
                target.cluster().value(),
                target.names(),
                Integer.toString(target.joins())));
        target.strangers().stream().map(NetworkNamespace::name).forEach(command::add);
        return new StrangerProcess(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    /** Returns how many requests were answered with each status, or with an end of the connection. */
    Map<String, Long> end() throws IOException {
        process.getOutputStream().close();
        return JSON.readValue(process.getInputStream(), new TypeReference<>() {});
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    public static void main(String[] args) throws IOException, GeneralSecurityException {
        StrangerAttack attack = StrangerAttack.valueOf(args[0]);
        StrangerAttack.Target target = new StrangerAttack.Target(
                URI.create(args[1]),
                args[2],
                URI.create(args[3]),
                Arrays.stream(args, 7, args.length).map(NetworkNamespace::new).toList(),
                new ClusterName(args[4]),
                args[5],
                Integer.parseInt(args[6]));
        try (StrangerRequests requests = new StrangerRequests()) {
            requests.attack(attack.perSecond(), attack.on(target));
            byte[] _ = System.in.readAllBytes();
            JSON.writeValue(System.out, requests.answers());
        }
    }
}
