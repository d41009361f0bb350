package io.nodejoin.testbed.provision;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.nodejoin.protocol.Sha256;
import io.nodejoin.testbed.process.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageArchiveTest {
    @TempDir
    Path directory;

    @Test
    void shouldDescribeTheOneLayerThatItHolds() throws IOException {
        // given
        Files.writeString(directory.resolve("program"), "text");
        Path archive = directory.resolve("image.tar");

        // when
        new ImageArchive("localhost/thing:testbed", "/program")
                .write(archive, List.of("--directory", directory.toString(), "program"));

        // then
        Path unpacked = Files.createDirectory(directory.resolve("unpacked"));
        Command.of("tar", "--extract", "--file", archive.toString(), "--directory", unpacked.toString())
                .run()
                .orFail();
        JsonNode config =
                new JsonMapper().readTree(unpacked.resolve("config.json").toFile());
        assertThat(config.at("/config/Entrypoint/0").asText()).isEqualTo("/program");
        assertThat(config.at("/rootfs/diff_ids/0").asText())
                .isEqualTo("sha256:" + Sha256.hex(Files.readAllBytes(unpacked.resolve("layer.tar"))));
        JsonNode manifest =
                new JsonMapper().readTree(unpacked.resolve("manifest.json").toFile());
        assertThat(manifest.at("/0/RepoTags/0").asText()).isEqualTo("localhost/thing:testbed");
        assertThat(directory).isDirectoryNotContaining("glob:**image.*[!r]");
    }
}
