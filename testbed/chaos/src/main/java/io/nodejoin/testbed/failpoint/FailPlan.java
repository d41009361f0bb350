package io.nodejoin.testbed.failpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;
import io.nodejoin.testbed.service.NodejoinService.Program;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * The fail points of one service process.
 *
 * @param marker the file that records which of them fired; each line is on disk before the action
 */
public record FailPlan(List<FailPoint> points, Path marker) {
    /** The service with fail points in it; {@link #writeToEnvironment} gives its environment variables. */
    public static final Program SERVICE = new Program("testbed/chaos", FailPointServiceMain.class.getName());

    private static final String VARIABLE = "NODEJOIN_FAILPOINTS";
    private static final JsonMapper JSON =
            JsonMapper.builder().addModule(new JavaTimeModule()).build();

    public FailPlan {
        points = List.copyOf(points);
    }

    /** Writes the plan next to its marker and returns the variables by which {@link #readFromEnvironment} finds it. */
    public Map<String, String> writeToEnvironment() {
        Path file = marker.resolveSibling(marker.getFileName() + ".json");
        try {
            Files.write(file, JSON.writeValueAsBytes(this));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write fail points", e);
        }
        return Map.of(VARIABLE, file.toString());
    }

    /** Reads the file that the environment names. */
    static FailPlan readFromEnvironment(Map<String, String> environment) {
        String file = environment.getOrDefault(VARIABLE, "");
        if (file.isEmpty()) {
            throw new IllegalArgumentException(VARIABLE + " names no file");
        }
        try {
            return JSON.readValue(Files.readAllBytes(Path.of(file)), FailPlan.class);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(file + " holds no fail points: " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
    }
}
