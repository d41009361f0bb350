package io.nodejoin.testbed.e2e;

import io.nodejoin.testbed.canary.Canary;
import io.nodejoin.testbed.canary.Encoding;
import io.nodejoin.testbed.controlplane.BootstrapTokens;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * What is put where no secret should be, so that a search which finds it there can be believed when it finds nothing else:
 * one that goes through the front door, as the name of a node, and one for each encoding, appended to the copy of a sink.
 */
final class PlantedCanaries {
    private static final int LENGTH = 20;

    private final String visible;
    private final Map<Encoding, String> appended = new EnumMap<>(Encoding.class);

    PlantedCanaries(Random random) {
        visible = BootstrapTokens.word(random, LENGTH);
        for (Encoding encoding : Encoding.values()) {
            appended.put(encoding, BootstrapTokens.word(random, LENGTH));
        }
    }

    /** The name of the node that brings the visible plant. */
    String nodeName() {
        return "plant-" + visible;
    }

    Canary visible() {
        return Canary.of("plant in the name of a node", visible);
    }

    List<Canary> appended() {
        List<Canary> canaries = new ArrayList<>();
        appended.forEach((encoding, secret) -> canaries.add(Canary.of("plant as " + encoding, secret)));
        return canaries;
    }

    /** A copy of a sink, and the plants in it, each inside a longer text. */
    byte[] appendedTo(byte[] sink) {
        var copy = new ByteArrayOutputStream(sink.length + 4096);
        copy.writeBytes(sink);
        appended.forEach((encoding, secret) -> {
            copy.write('\n');
            copy.writeBytes(encoding.encode(("plant " + secret + " ends").getBytes(StandardCharsets.UTF_8)));
        });
        return copy.toByteArray();
    }
}
