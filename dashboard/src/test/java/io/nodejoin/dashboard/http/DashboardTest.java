package io.nodejoin.dashboard.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.nodejoin.dashboard.access.Access;
import io.nodejoin.dashboard.access.Role;
import io.nodejoin.dashboard.access.TestUsers;
import io.nodejoin.dashboard.access.UsersFile;
import io.nodejoin.dashboard.preview.InventedEvents;
import io.nodejoin.dashboard.preview.InventedJoins;
import io.nodejoin.dashboard.preview.PreviewServer;
import io.nodejoin.protocol.ErrorCode;
import io.nodejoin.protocol.Phase;
import io.nodejoin.protocol.event.JoinRejected;
import io.nodejoin.protocol.time.ManualScheduler;
import io.nodejoin.visibility.event.DeadLetter;
import io.nodejoin.visibility.event.PublishedEvent;
import io.nodejoin.visibility.join.JoinSummary;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DashboardTest {
    private static final Instant NOW = Instant.parse("2026-11-30T10:00:00Z");
    private static final String VERA = TestUsers.authorization("vera", "vera");
    private static final String OTTO = TestUsers.authorization("otto", "otto");
    private static final Pattern TOKEN = Pattern.compile("name=\"token\" value=\"([^\"]+)\"");

    private final HttpClient client =
            HttpClient.newBuilder().followRedirects(HttpClient.Redirect.NEVER).build();
    private final InventedJoins joins = new InventedJoins(200, NOW, 3);
    private ManualScheduler scheduler = new ManualScheduler();
    private Instant now = NOW;
    private PreviewServer server = start(new Access.LocalReadOnly());

    private PreviewServer start(Access access) {
        scheduler = new ManualScheduler();
        PreviewServer started = new PreviewServer(access, joins, () -> now, 0, null, scheduler);
        InventedEvents.publish(joins.all(), started.events());
        return started;
    }

    private void withUsers() {
        server.close();
        server = start(TestUsers.both());
    }

    @AfterEach
    void close() {
        server.close();
        client.shutdownNow();
    }

    private JoinSummary running() {
        return joins.all().stream()
                .map(InventedJoins.InventedJoin::summary)
                .filter(JoinSummary::open)
                .findFirst()
                .orElseThrow();
    }

    private String path(JoinSummary join) {
        return "/joins/" + join.node().cluster() + "/" + join.node().name();
    }

    @Test
    void shouldAdmitAnOperatorWhileOthersGuessPasswords() throws Exception {
        // given
        withUsers();
        AtomicBoolean guessing = new AtomicBoolean(true);
        CountDownLatch begun = new CountDownLatch(4);
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService guessers = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int guesser = 0; guesser < 4; guesser++) {
                Future<?> _ = guessers.submit(() -> guess(guessing, begun));
            }
            begun.await();
            // when
            for (int attempt = 1; attempt <= 10; attempt++) {
                // another header each time, so that none is remembered
                statuses.add(get("/", OTTO.replace(" ", " ".repeat(attempt))).statusCode());
            }
            guessing.set(false);
        }

        // then
        assertThat(statuses).hasSize(10).containsOnly(200);
    }

    @Test
    void shouldForgetAUserWhoIsRemovedFromTheFile(@TempDir Path directory) throws Exception {
        // given
        Path file = directory.resolve("users");
        String vera = TestUsers.line("vera", "vera", Role.VIEWER);
        Files.write(file, List.of(vera, TestUsers.line("otto", "otto", Role.OPERATOR)));
        server.close();
        server = start(new Access.Basic(new UsersFile(file, () -> now)));
        int before = get("/", OTTO).statusCode();
        HttpResponse<InputStream> stream = stream(OTTO);

        // when
        Files.write(file, List.of(vera));
        now = NOW.plusSeconds(30);
        scheduler.advance(Duration.ofSeconds(10));

        // then
        assertThat(before).isEqualTo(200);
        assertThat(get("/", OTTO).statusCode()).isEqualTo(401);
        assertThat(get("/", VERA).statusCode()).isEqualTo(200);
        assertThat(CompletableFuture.supplyAsync(() -> isRead(stream)))
                .succeedsWithin(Duration.ofSeconds(5))
                .isEqualTo(true);
    }

    private static boolean isRead(HttpResponse<InputStream> stream) {
        try (InputStream body = stream.body()) {
            return body.readAllBytes().length > 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HttpResponse<InputStream> stream(@Nullable String authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(server.address().resolve("/api/v1/events"));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private Void guess(AtomicBoolean guessing, CountDownLatch begun) throws Exception {
        while (guessing.get()) {
            get("/", TestUsers.authorization(UUID.randomUUID().toString(), "guess"));
            begun.countDown();
        }
        return null;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/joins",
                "/pools",
                "/agents",
                "/dead-letters",
                "/api/v1/overview",
                "/api/v1/joins",
                "/nowhere"
            })
    void shouldSendTheSecurityHeadersWithEveryPage(String path) throws Exception {
        // when
        HttpResponse<String> page = get(path, null);

        // then
        assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
                .startsWith("default-src 'none'; style-src 'self'; script-src 'self'")
                .contains("frame-ancestors 'none'", "form-action 'self'", "base-uri 'none'");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
        assertThat(page.headers().firstValue("Cache-Control")).hasValue("no-store");
    }

    @Test
    void shouldHaveNoInlineScriptOrStyle() throws Exception {
        for (String path : new String[] {"/", "/joins", path(running()), "/pools", "/agents", "/dead-letters"}) {
            assertThat(get(path, null).body())
                    .doesNotContain(" style=", "<style", "onclick=", "javascript:")
                    .doesNotContainPattern("<script(?! src=\"/static/live.js)");
        }
    }

    @Test
    void shouldSayWhichLimitHoldsTheJoinsOfAClusterBack() throws Exception {
        // when
        String page = get("/", null).body();

        // then
        assertThat(page)
                .contains(
                        "ber-2 <span class=\"verdict-word\">is held back</span>",
                        "<a href=\"/joins?cluster=ber-2&amp;phase=HostPrepared&amp;open=on\">"
                                + "held back: 50 of 50 tokens exist (maxTokens)</a>",
                        "<a href=\"/#parts\">no limit holds joins back</a>");
    }

    @Test
    void shouldShowTheLogOfAHostAsTextOnly() throws Exception {
        // when
        String page = get(path(running()), null).body();
        String json = get("/api/v1" + path(running()) + "/log", null).body();

        // then
        assertThat(page)
                .contains(
                        "data-poll=\"on\"",
                        "cni plugin not initialized &lt;script&gt;alert(1)",
                        "(lines are missing here)")
                .contains("hostile \uFFFD[2J \uFFFDtxt")
                .doesNotContain("<script>alert", "\u001b", "\u202e");
        assertThat(json)
                .startsWith("{\"connected\":true,\"lines\":[{\"time\":\"2026-11-30T09:59:57Z\","
                        + "\"unit\":\"nodejoin-agent.service\"")
                .contains("\"silent\":[\"nodejoin-1\"],\"kept\":[]");
    }

    @Test
    void shouldShowWhoIsConnectedAndWhoWaits() throws Exception {
        // when
        String page = get("/agents", null).body();
        String json = get("/api/v1/agents", null).body();

        // then
        assertThat(page)
                .contains("Waiting: 1", "forgotten.ber.example", "192.0.2.7", "20 min", "a request")
                .contains("Connected: 1", "/joins/fra-1/worker-0001.fra.example", "did not answer", "nodejoin-1");
        assertThat(json)
                .contains("\"waiting\":[{\"node\":{\"cluster\":\"ber-2\",\"name\":\"forgotten.ber.example\"},"
                        + "\"address\":\"192.0.2.7\",\"since\":\"2026-11-30T09:40:00Z\",\"profile\":\"containerd\"}]");
    }

    @Test
    void shouldLeadFromEveryNumberOfThePhasesToItsList() throws Exception {
        // when
        String page = get("/", null).body();

        // then
        assertThat(page)
                .contains("/joins?phase=Requested&amp;open=on", "/joins?code=", "/joins?cluster=fra-1&amp;since=1h");
    }

    @Test
    void shouldShowTheJoinsThatPassTheFilterOnly() throws Exception {
        // when
        String page = get("/joins?cluster=ber-2&node=worker-00", null).body();

        // then
        assertThat(page).contains("worker-0000.ber.example").doesNotContain("worker-0001.fra.example");
    }

    @Test
    void shouldFilterByPoolOnThePageAndInTheData() throws Exception {
        // when
        String page = get("/joins?pool=gpu&node=worker-000", null).body();
        String data = get("/api/v1/joins?pool=gpu&node=worker-000", null).body();

        // then
        assertThat(page)
                .contains("worker-0002.fra.example", "<td>gpu</td>", "name=\"pool\" value=\"gpu\"")
                .doesNotContain("worker-0001.fra.example");
        assertThat(data).contains("worker-0002.fra.example", "\"pool\":\"gpu\"").doesNotContain("worker-0001");
        assertThat(get("/api/v1/joins?pool=a%27b", null).body()).contains("is no pool name");
    }

    @Test
    void shouldLeadToTheNextPageOfTheSameFilter() throws Exception {
        // given
        String first = get("/joins?cluster=fra-1", null).body();
        Matcher next = Pattern.compile("rel=\"next\" href=\"([^\"]+)\"").matcher(first);
        assertThat(next.find()).isTrue();

        // when
        String second = get(next.group(1).replace("&amp;", "&"), null).body();

        // then
        assertThat(next.group(1)).startsWith("/joins?cluster=fra-1&amp;page=");
        assertThat(second).contains("rel=\"first\" href=\"/joins?cluster=fra-1\"");
        assertThat(rows(second)).doesNotContainAnyElementsOf(rows(first));
    }

    private static List<String> rows(String page) {
        return Pattern.compile("<a href=\"(/joins/[^\"]+)\">")
                .matcher(page)
                .results()
                .map(row -> row.group(1))
                .toList();
    }

    @Test
    void shouldEscapeWhatOthersHaveWritten() throws Exception {
        // given
        String hostile = "<script>alert(1)</script>\"'>";

        // when
        String page = get("/joins?node=" + URLEncoder.encode(hostile, StandardCharsets.UTF_8), null)
                .body();

        // then
        assertThat(page).doesNotContain("<script>alert").contains("&lt;script&gt;");
    }

    @Test
    void shouldAnswerWithTheWayBackWhereAJoinIsGone() throws Exception {
        // when
        HttpResponse<String> page = get("/joins/fra-1/nobody", null);

        // then
        assertThat(page.statusCode()).isEqualTo(404);
        assertThat(page.body()).contains("This join is not known", "/joins?cluster=fra-1", "retention");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/joins/fra-1/Not_A_Name", "/joins/fra-1", "/x", "/static/../pom.xml", "/static/nothing.js"})
    void shouldAnswerNotFoundForWhatIsNoPage(String path) throws Exception {
        assertThat(get(path, null).statusCode()).isIn(404, 400);
    }

    @Test
    void shouldSayThatTemporalDoesNotAnswer() throws Exception {
        // given
        joins.becomeUnreachable("Temporal does not answer: UNAVAILABLE");

        // when
        HttpResponse<String> list = get("/joins", null);
        HttpResponse<String> join = get("/joins/fra-1/worker-0001.fra.example", null);

        // then
        assertThat(list.statusCode()).isEqualTo(503);
        assertThat(list.body()).contains("UNAVAILABLE", "temporal.target");
        assertThat(join.statusCode()).isEqualTo(503);
        assertThat(get("/", null).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldBeReadOnlyWithoutUsers() throws Exception {
        // given
        JoinSummary running = running();

        // when
        HttpResponse<String> refused = post(path(running) + "/abort", null, "token=x&reason=y");

        // then
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("dashboard.usersFile", "operator");
        assertThat(get(path(running), null).body()).doesNotContain("Abort");
        assertThat(joins.aborted()).isEmpty();
    }

    @Test
    void shouldAskForAUser() throws Exception {
        // given
        withUsers();

        // when
        HttpResponse<String> challenge = get("/", null);

        // then
        assertThat(challenge.statusCode()).isEqualTo(401);
        assertThat(challenge.headers().firstValue("WWW-Authenticate").orElseThrow())
                .startsWith("Basic realm=");
        assertThat(get("/", VERA).statusCode()).isEqualTo(200);
    }

    @Test
    void shouldTellAViewerWhichRoleIsNeeded() throws Exception {
        // given
        withUsers();

        // when
        HttpResponse<String> refused = get(path(running()) + "/abort", VERA);

        // then
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(refused.body()).contains("You are vera with the role viewer", "the role operator");
    }

    @Test
    void shouldAbortForAnOperatorWhoHasSeenTheForm() throws Exception {
        // given
        withUsers();
        String path = path(running()) + "/abort";
        Matcher token = TOKEN.matcher(get(path, OTTO).body());
        assertThat(token.find()).isTrue();

        // when
        HttpResponse<String> done = post(path, OTTO, "token=" + token.group(1) + "&reason=scaled+in");

        // then
        assertThat(done.statusCode()).isEqualTo(303);
        assertThat(done.headers().firstValue("Location")).hasValue(path(running()));
        assertThat(joins.aborted()).containsExactly(running().node());
    }

    @Test
    void shouldExtendTheDeadlineForAnOperatorWhoHasSeenTheForm() throws Exception {
        // given
        withUsers();
        String path = path(running()) + "/extend";
        String form = get(path, OTTO).body();
        Matcher token = TOKEN.matcher(form);
        assertThat(token.find()).isTrue();

        // when
        HttpResponse<String> done = post(path, OTTO, "token=" + token.group(1) + "&by=30+minutes");

        // then
        assertThat(form).contains("<option value=\"30 minutes\"");
        assertThat(done.statusCode()).isEqualTo(303);
        assertThat(joins.extended())
                .containsEntry(
                        running().node(),
                        running().startedAt().plus(Duration.ofMinutes(44)).truncatedTo(ChronoUnit.SECONDS));
    }

    @Test
    void shouldSayOfAFailedJoinWhatToCheckAndHowToRequestItAgain() throws Exception {
        // given
        JoinSummary failed = joins.all().stream()
                .map(InventedJoins.InventedJoin::summary)
                .filter(join -> join.phase() == Phase.Failed)
                .findFirst()
                .orElseThrow();
        ErrorCode code = Objects.requireNonNull(failed.reason());

        // when
        String page = get(path(failed), null).body();

        // then
        assertThat(page)
                .contains("<dt>Check</dt>", "docs/" + code.page())
                .contains("nodejoin retry " + failed.node().cluster() + "/"
                        + failed.node().name())
                .doesNotContain("Extend…");
    }

    @Test
    void shouldReplayADeadLetterForAnOperatorWhoHasSeenTheForm() throws Exception {
        // given
        withUsers();
        server.deadLetters()
                .add(new DeadLetter(2, 7, NOW, "UNKNOWN_CLUSTER", "no such cluster", null, "fra-1/n1", "in-0@1", 9));
        String path = "/dead-letters/2/7/replay";
        String form = get(path, OTTO).body();
        Matcher token = TOKEN.matcher(form);
        assertThat(token.find()).isTrue();

        // when
        HttpResponse<String> done = post(path, OTTO, "token=" + token.group(1));
        HttpResponse<String> forged = post(path, OTTO, "token=x");

        // then
        assertThat(form).contains("fra-1/n1");
        assertThat(done.statusCode()).isEqualTo(303);
        assertThat(forged.statusCode()).isEqualTo(403);
        assertThat(server.done()).containsExactly("2@7 by dashboard user otto");
        assertThat(get(path, VERA).statusCode()).isEqualTo(403);
        assertThat(get("/dead-letters/2/8/replay", OTTO).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reason=x", "token=&reason=x", "token=4102444800.AAAA&reason=x"})
    void shouldRefuseAFormThatWasNotShown(String form) throws Exception {
        // given
        withUsers();

        // when
        HttpResponse<String> refused = post(path(running()) + "/abort", OTTO, form);

        // then
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(joins.aborted()).isEmpty();
    }

    @Test
    void shouldStreamEventsAsTheyCome() throws Exception {
        // given
        HttpResponse<InputStream> stream = stream(null);
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(stream.body(), StandardCharsets.UTF_8))) {
            assertThat(lines.readLine()).isEqualTo("retry: 3000");

            // when
            server.events()
                    .add(new PublishedEvent(
                            "e1",
                            NOW,
                            new JoinRejected("fra-1", "n\n1", "r1", ErrorCode.UNKNOWN_CLUSTER, null, "no such", null)));

            // then
            assertThat(lines.readLine()).isEmpty();
            assertThat(lines.readLine())
                    .startsWith("data: {")
                    .contains("\"type\":\"io.nodejoin.join.rejected.v1\"", "n\\n1");
        }
    }

    private HttpResponse<String> get(String path, @Nullable String authorization) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.address() + path));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private HttpResponse<String> post(String path, @Nullable String authorization, String form) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(server.address() + path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(HttpRequest.BodyPublishers.ofString(form));
        if (authorization != null) {
            request.header("Authorization", authorization);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }
}
