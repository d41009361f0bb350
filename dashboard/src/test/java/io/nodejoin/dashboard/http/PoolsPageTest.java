package io.nodejoin.dashboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.dashboard.access.Access;
import io.nodejoin.dashboard.access.TestUsers;
import io.nodejoin.dashboard.preview.InventedJoins;
import io.nodejoin.dashboard.preview.InventedPools;
import io.nodejoin.dashboard.preview.PreviewServer;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PoolsPageTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");
    private static final Pattern TOKEN = Pattern.compile("name=\"token\" value=\"([^\"]+)\"");
    private static final String DRAIN = "/pools/fra-1/batch/drain";
    private static final String UNDRAIN = "/pools/fra-1/batch/undrain";
    private static final String VERA = TestUsers.authorization("vera", "vera");
    private static final String OTTO = TestUsers.authorization("otto", "otto");

    private final InventedJoins joins = new InventedJoins(60, NOW, 3);
    private final TestBrowser client = new TestBrowser();
    private PreviewServer server = new PreviewServer(new Access.LocalReadOnly(), joins, () -> NOW, 0);

    @AfterEach
    void close() {
        server.close();
        client.close();
    }

    private void withUsers() {
        server.close();
        server = new PreviewServer(TestUsers.both(), joins, () -> NOW, 0);
    }

    @Test
    void shouldShowTheMachinesAndWhoWaitsForOne() throws Exception {
        // when
        String page = client.get(server.address(), "/pools").body();

        // then
        assertThat(page)
                .contains("<a href=\"/pools\" aria-current=\"page\">Pools</a>")
                .contains("rack-1", "Free", "rack-2", "Bound", "rack-3", "Quarantined", "rack-4", "Offered")
                .contains("16 CPUs, 64 GiB, amd64", "zone=fra-1a", "3 min ago", "never")
                .contains("/joins/fra-1/worker-0900.fra.example")
                .contains("at least 64 CPUs, at least 256 GiB", "the host to be prepared")
                .contains("&lt;b&gt;/etc/kubernetes&lt;/b&gt; is left")
                .doesNotContain(InventedPools.DIGEST, "Drain…");
    }

    @Test
    void shouldSayInTheDataWhyAJoinWaits() throws Exception {
        // when
        String json = client.get(server.address(), "/api/v1/pools").body();

        // then
        assertThat(json)
                .startsWith("[{\"cluster\":\"fra-1\",\"pool\":\"batch\",\"draining\":false,"
                        + "\"counts\":{\"offered\":1,\"free\":1,\"bound\":1,\"quarantined\":1}")
                .containsPattern(
                        "\"wanted\":\\{\"minCpus\":64,\"minMemoryBytes\":274877906944},\"reason\":\"the host to be prepared\"")
                .doesNotContain(InventedPools.DIGEST);
    }

    @Test
    void shouldDrainAPoolForAnOperatorWhoHasSeenTheForm() throws Exception {
        // given
        withUsers();

        // when
        HttpResponse<String> drained = send(DRAIN, token(DRAIN));

        // then
        assertThat(drained.statusCode()).isEqualTo(303);
        assertThat(drained.headers().firstValue("Location")).hasValue("/pools");
        assertThat(server.draining()).isTrue();
        assertThat(client.get(server.address(), "/pools", "Authorization", OTTO).body())
                .contains("It is draining", UNDRAIN);

        // when
        HttpResponse<String> undrained = send(UNDRAIN, token(UNDRAIN));

        // then
        assertThat(undrained.statusCode()).isEqualTo(303);
        assertThat(server.draining()).isFalse();
        assertThat(server.done()).containsExactly("drain by dashboard user otto", "undrain by dashboard user otto");
    }

    @Test
    void shouldNotDrainByTheFormOfAnotherAction() throws Exception {
        // given
        withUsers();

        // when
        HttpResponse<String> refused = send(DRAIN, token(UNDRAIN));

        // then
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(server.done()).isEmpty();
    }

    @Test
    void shouldTellAViewerWhichRoleIsNeeded() throws Exception {
        // given
        withUsers();

        // when
        HttpResponse<String> refused = client.get(server.address(), DRAIN, "Authorization", VERA);

        // then
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("operator");
    }

    @Test
    void shouldSayThatAnUnknownPoolIsUnknown() throws Exception {
        // given
        withUsers();
        String path = "/pools/fra-1/none/drain";

        // when
        HttpResponse<String> answer = send(path, token(path));

        // then
        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("There is no such pool", "There is no pool none in fra-1.");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/pools/fra-1", "/pools/fra-1/batch", "/pools/fra-1/-/drain", "/pools/FRA/batch/drain"})
    void shouldAnswerNotFoundForWhatIsNoPage(String path) throws Exception {
        assertThat(client.get(server.address(), path).statusCode()).isEqualTo(404);
    }

    private String token(String path) throws Exception {
        Matcher token = TOKEN.matcher(
                client.get(server.address(), path, "Authorization", OTTO).body());
        assertThat(token.find()).isTrue();
        return token.group(1);
    }

    private HttpResponse<String> send(String path, String token) throws Exception {
        return client.send(
                server.address(),
                "POST",
                path,
                "token=" + token,
                "Authorization",
                OTTO,
                "Content-Type",
                "application/x-www-form-urlencoded");
    }
}
