package io.nodejoin.service.intake;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/** Runs {@code deploy/kafka/acls} with a command in place of Kafka's that prints its arguments. */
record AclScript(Path directory) {
    static final List<String> PARTS = List.of("service", "intake", "worker", "autoscaler", "operator");

    private static final Path SCRIPT =
            Path.of("..", "deploy", "kafka", "acls").toAbsolutePath().normalize();

    /** Returns what the script grants to the user of a part. */
    List<AclBinding> granted(String part, String user) throws Exception {
        Path command = directory.resolve("kafka-acls.sh");
        Files.writeString(command, "#!/bin/sh\necho \"$*\"\n");
        Files.setPosixFilePermissions(command, PosixFilePermissions.fromString("rwx------"));
        ProcessBuilder script = new ProcessBuilder(SCRIPT.toString(), part, user, "--bootstrap-server", "broker:9092");
        script.environment().put("KAFKA_ACLS", command.toString());
        Process process = script.redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
        return output.lines().flatMap(AclScript::bindings).toList();
    }

    /** Reads the arguments as kafka-acls.sh does. */
    private static Stream<AclBinding> bindings(String arguments) {
        Iterator<String> words = Arrays.asList(arguments.split(" ")).iterator();
        Map<String, String> options = new HashMap<>();
        List<AclOperation> operations = new ArrayList<>();
        assertThat(words.next()).isEqualTo("--add");
        while (words.hasNext()) {
            String option = words.next();
            String value = words.next();
            if (option.equals("--operation")) {
                operations.add(AclOperation.fromString(value));
            } else {
                options.put(option, value);
            }
        }
        assertThat(options).containsEntry("--bootstrap-server", "broker:9092").hasSize(3);
        ResourcePattern resource = options.containsKey("--topic")
                ? new ResourcePattern(ResourceType.TOPIC, options.get("--topic"), PatternType.LITERAL)
                : new ResourcePattern(ResourceType.GROUP, options.get("--group"), PatternType.LITERAL);
        String principal = options.get("--allow-principal");
        return operations.stream()
                .map(operation -> new AclBinding(
                        resource, new AccessControlEntry(principal, "*", operation, AclPermissionType.ALLOW)));
    }
}
