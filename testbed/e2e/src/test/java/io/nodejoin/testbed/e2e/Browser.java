package io.nodejoin.testbed.e2e;

import static org.awaitility.Awaitility.await;

import io.nodejoin.testbed.provision.DebianPackages;
import io.nodejoin.testbed.provision.SourceTree;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;

/** A headless Chromium in front of the dashboard, as one of its users. */
final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Path SCREENSHOTS = Path.of("target", "screenshots");
    private static final int PICTURE_QUALITY = 85;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    /** Returns what an assistive technology would stumble over: rule, impact and place. */
    private static final String RUN_AXE = """
            const done = arguments[arguments.length - 1];
            axe.run({ resultTypes: ['violations'] }).then(found => done(found.violations
                .filter(violation => ['serious', 'critical'].includes(violation.impact))
                .map(violation => violation.id + ': ' + violation.nodes.map(node => node.html).join(' | '))));
            """;

    private final ChromeDriver driver;
    private final URI dashboard;

    private Browser(ChromeDriver driver, URI dashboard) {
        this.driver = driver;
        this.dashboard = dashboard;
    }

    /** Returns why there is no browser here; empty if there is one. It is installed where it is missing and that can be done. */
    static Optional<String> unavailableReason() {
        if (!isInstalled() && Files.isExecutable(Path.of("/usr/bin/apt-get"))) {
            DebianPackages.update();
            DebianPackages.install(List.of("chromium", "chromium-driver"));
        }
        return isInstalled()
                ? Optional.empty()
                : Optional.of(
                        "there is no " + CHROMIUM + " or no " + DRIVER + ": apt-get install chromium chromium-driver");
    }

    private static boolean isInstalled() {
        return Files.isExecutable(CHROMIUM) && Files.isExecutable(DRIVER);
    }

    /** Opens the dashboard as a user whose password is the name. */
    static Browser open(URI dashboard, String user) {
        ChromeDriver driver = start();
        driver.get("http://" + user + ":" + user + "@" + dashboard.getAuthority() + "/");
        return new Browser(driver, dashboard);
    }

    /** Opens a page of the dashboard, as nobody. */
    static Browser openPage(URI dashboard, String path) {
        Browser browser = new Browser(start(), dashboard);
        browser.goTo(path);
        return browser;
    }

    private static ChromeDriver start() {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toFile());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1280,1400");
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(DRIVER.toFile())
                .usingAnyFreePort()
                .build();
        ChromeDriver driver = new ChromeDriver(service, options);
        driver.manage().timeouts().scriptTimeout(TIMEOUT);
        return driver;
    }

    void goTo(String path) {
        driver.get(dashboard.resolve(path).toString());
    }

    String title() {
        return driver.getTitle();
    }

    String path() {
        return URI.create(driver.getCurrentUrl()).getPath();
    }

    /** Returns the text that a person sees. */
    String text() {
        return text("body");
    }

    String text(String css) {
        return await(css)
                .atMost(TIMEOUT)
                .ignoreExceptionsMatching(Browser::isReplaced)
                .until(() -> find(css).getText(), _ -> true);
    }

    List<String> texts(String css) {
        return driver.findElements(By.cssSelector(css)).stream()
                .map(WebElement::getText)
                .toList();
    }

    void click(String css) {
        find(css).click();
    }

    /** Follows a link to another page, and waits for it. */
    void clickLink(String text) {
        WebElement before = find("html");
        await("link " + text)
                .atMost(TIMEOUT)
                .ignoreExceptionsMatching(Browser::isReplaced)
                .until(() -> {
                    driver.findElement(By.linkText(text)).click();
                    return true;
                });
        awaitPageAfter(before);
    }

    /** Sends a form, and waits for the page that answers it. */
    void submit(String button) {
        WebElement before = find("html");
        find(button).click();
        awaitPageAfter(before);
    }

    private static void awaitPageAfter(WebElement before) {
        await("another page").atMost(TIMEOUT).ignoreExceptions().until(() -> isStale(before));
    }

    private static boolean isStale(WebElement element) {
        try {
            boolean _ = element.isEnabled();
            return false;
        } catch (StaleElementReferenceException _) {
            return true;
        }
    }

    void type(String css, String text) {
        find(css).sendKeys(text);
    }

    void awaitText(String css, String expected) {
        await(expected + " in " + css)
                .atMost(TIMEOUT)
                .ignoreExceptionsMatching(Browser::isReplaced)
                .until(() -> find(css).getText().contains(expected));
    }

    /** Returns whether the page has replaced, or not shown yet, what was looked for. */
    private static boolean isReplaced(Throwable thrown) {
        return thrown instanceof StaleElementReferenceException || thrown instanceof NoSuchElementException;
    }

    /** Leaves a mark that a reload would remove. */
    void mark() {
        driver.executeScript("window.marked = true");
    }

    boolean isMarked() {
        return Boolean.TRUE.equals(driver.executeScript("return window.marked === true"));
    }

    void prefer(String colourScheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", colourScheme))));
    }

    void resize(int width, int height) {
        driver.manage().window().setSize(new Dimension(width, height));
    }

    /** Returns the width by which the page is wider than the window. */
    long overflow() {
        Object width = driver.executeScript(
                "return document.documentElement.scrollWidth - document.documentElement.clientWidth");
        return width instanceof Long pixels ? pixels : 0;
    }

    void screenshot(String name) {
        try {
            Files.createDirectories(SCREENSHOTS);
            Files.write(SCREENSHOTS.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes a picture of the page for the documents, if they are to be written. */
    void picture(String name) {
        if (!Boolean.getBoolean("nodejoin.docs.write")) {
            return;
        }
        Object webp = driver.executeCdpCommand(
                        "Page.captureScreenshot", Map.of("format", "webp", "quality", PICTURE_QUALITY))
                .get("data");
        try {
            Path pictures = Files.createDirectories(SourceTree.locate().root().resolve("docs/images"));
            Files.write(
                    pictures.resolve("dashboard-" + name + ".webp"),
                    Base64.getDecoder().decode(String.valueOf(webp)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the findings of axe that are serious or critical. */
    List<?> accessibilityFindings() {
        driver.executeScript(axe());
        Object found = driver.executeAsyncScript(RUN_AXE);
        return found instanceof List<?> findings ? findings : List.of("axe did not run");
    }

    private static String axe() {
        try (InputStream script = Browser.class.getResourceAsStream("/axe.min.js")) {
            if (script == null) {
                throw new IllegalStateException("axe.min.js is not on the class path");
            }
            return new String(script.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private WebElement find(String css) {
        return driver.findElement(By.cssSelector(css));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
