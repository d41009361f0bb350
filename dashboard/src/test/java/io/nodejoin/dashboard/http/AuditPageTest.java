package io.nodejoin.dashboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.dashboard.access.Access;
import io.nodejoin.dashboard.preview.InventedJoins;
import io.nodejoin.dashboard.preview.PreviewServer;
import io.nodejoin.visibility.join.JoinSummary;
import java.net.http.HttpResponse;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AuditPageTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");

    private final InventedJoins joins = new InventedJoins(20, NOW, 3);
    private final PreviewServer server = new PreviewServer(new Access.LocalReadOnly(), joins, () -> NOW, 0);
    private final TestBrowser browser = new TestBrowser();

    @AfterEach
    void close() {
        server.close();
        browser.close();
    }

    @Test
    void shouldLeadFromAJoinToItsEntries() throws Exception {
        // given
        JoinSummary join = joins.all().getFirst().summary();
        String id = Objects.requireNonNull(join.joinId()).value();
        String node = join.node().cluster() + "/" + join.node().name();
        String href = "/audit?join=" + id + "&amp;node=" + node.replace("/", "%2F");
        assertThat(browser.get(server.address(), "/joins/" + node).body()).contains(href);

        // when
        String page = browser.get(server.address(), href.replace("&amp;", "&")).body();

        // then
        assertThat(page)
                .contains("<code>" + id + "</code>", "node-join/" + node, "token.create", "a=1, b=2")
                .contains("&lt;b&gt;object&lt;/b&gt;")
                .contains("page=4711\">Older");
    }

    @Test
    void shouldGiveEntriesAsJsonAndRefuseABadFilter() throws Exception {
        // when
        HttpResponse<String> found = browser.get(server.address(), "/api/v1/audit?join=x&limit=1");

        // then
        assertThat(found.body()).contains("\"join\":\"x\"", "\"next\":4711");
        for (String bad : new String[] {"node=x", "node=A/b", "page=-1", "page=x", "limit=0"}) {
            assertThat(browser.get(server.address(), "/api/v1/audit?" + bad).statusCode())
                    .as(bad)
                    .isEqualTo(400);
        }
    }
}
