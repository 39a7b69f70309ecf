using System.Security.Cryptography;
using Holdfast.Functional.Tests.Labs;
using Holdfast.Functional.Tests.Pages;
using static Microsoft.Playwright.Assertions;

namespace Holdfast.Functional.Tests;

/// <summary>A large file that is chosen in the page. HOLDFAST_UPLOAD_MB makes it larger.</summary>
public sealed class UploadTests(Chromium chromium)
{
    private static readonly int Megabytes = int.Parse(Environment.GetEnvironmentVariable("HOLDFAST_UPLOAD_MB") ?? "64", System.Globalization.CultureInfo.InvariantCulture);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60 + Megabytes);

    [Fact]
    public async Task Upload_LabKilledAndNetworkCutInTheMiddle_ArrivesWhole()
    {
        await using var workplace = new Workplace();
        var file = Make(workplace, "weights.bin");
        File.WriteAllText(workplace.PathOf("weights.bin"), "the old weights");
        await using var lab = await workplace.StartLabAsync();
        await using var page = await LabPage.OpenAsync(chromium, lab);
        var browser = page.Browser();
        var hold = await HoldAsync(page, workplace, Megabytes / 4);
        await ChooseAsync(page, file, overwrites: true);
        await WaitForAsync(() => Arrived(workplace) > Megabytes / 4);
        await Expect(browser.Locator("#jp-main-statusbar")).ToContainTextAsync("Uploading…");
        await page.ScreenshotAsync("upload");

        await lab.KillAsync();
        hold(Megabytes / 2);
        await Expect(browser.Locator("#jp-main-statusbar")).ToContainTextAsync("waits for the lab");
        await page.ScreenshotAsync("upload-cut");
        Assert.Equal("the old weights", File.ReadAllText(workplace.PathOf("weights.bin")));
        await using var next = await workplace.StartLabAsync(lab.Port);
        await WaitForAsync(() => Arrived(workplace) > Megabytes / 2);

        await browser.Context.SetOfflineAsync(true);
        await browser.EvaluateAsync("() => fetch('/api').catch(() => {})");
        Assert.Equal("the old weights", File.ReadAllText(workplace.PathOf("weights.bin")));
        hold(Megabytes);
        await browser.Context.SetOfflineAsync(false);

        await WaitForAsync(() => new FileInfo(workplace.PathOf("weights.bin")).Length == new FileInfo(file).Length);
        AssertSame(file, workplace.PathOf("weights.bin"));
        Assert.Empty(Directory.GetFiles(workplace.Notebooks, ".*.upload"));
    }

    [Fact]
    public async Task Upload_PageClosedInTheMiddle_GoesOnWhenTheFileIsChosenAgain()
    {
        await using var workplace = new Workplace();
        var file = Make(workplace, "weights.bin");
        await using var lab = await workplace.StartLabAsync();
        await using (var page = await LabPage.OpenAsync(chromium, lab))
        {
            await HoldAsync(page, workplace, Megabytes / 2);
            await ChooseAsync(page, file);
            await WaitForAsync(() => Arrived(workplace) > Megabytes / 2);
        }

        Assert.False(File.Exists(workplace.PathOf("weights.bin")));
        await using var later = await LabPage.OpenAsync(chromium, lab);
        var sent = 0;
        later.Browser().Request += (_, request) => sent += request.Method == "PUT" && request.Url.Contains("weights.bin", StringComparison.Ordinal) ? 1 : 0;
        await ChooseAsync(later, file);
        await WaitForAsync(() => File.Exists(workplace.PathOf("weights.bin")));
        AssertSame(file, workplace.PathOf("weights.bin"));
        Assert.InRange(sent, 1, Megabytes / 2);
    }

    private static async Task ChooseAsync(LabPage page, string file, bool overwrites = false)
    {
        var browser = page.Browser();
        var chooser = await browser.RunAndWaitForFileChooserAsync(() => browser.Locator("[data-command='filebrowser:upload'], .jp-id-upload").First.ClickAsync());
        await chooser.SetFilesAsync(file);
        await page.AnswerAsync("Upload");
        if (overwrites) await page.AnswerAsync("Overwrite");
    }

    /// <summary>Keeps a piece back in the page while more than so many megabytes have arrived: else the end could come before the test has looked.</summary>
    private static async Task<Action<int>> HoldAsync(LabPage page, Workplace workplace, int megabytes)
    {
        var browser = page.Browser();
        await browser.RouteAsync("**/weights.bin*", async route =>
        {
            while (!browser.IsClosed && Arrived(workplace) > Volatile.Read(ref megabytes)) await Task.Delay(20);
            if (!browser.IsClosed) await route.ContinueAsync();
        });
        return most => Volatile.Write(ref megabytes, most);
    }

    private static string Make(Workplace workplace, string name)
    {
        var path = Path.Combine(Directory.CreateDirectory(Path.Combine(workplace.Folder, "chosen")).FullName, name);
        using var file = File.Create(path);
        var random = new Random(5);
        var block = new byte[1 << 20];
        for (var megabyte = 0; megabyte < Megabytes; megabyte++)
        {
            random.NextBytes(block);
            file.Write(block);
        }

        file.Write("and a little more"u8);
        return path;
    }

    /// <summary>How many megabytes lie beside the place of the file that is on its way.</summary>
    private static long Arrived(Workplace workplace)
    {
        try
        {
            return new DirectoryInfo(workplace.Notebooks).GetFiles(".*.upload").Sum(part => part.Length) >> 20;
        }
        catch (FileNotFoundException)
        {
            // It has come to its place meanwhile.
            return 0;
        }
    }

    private static async Task WaitForAsync(Func<bool> so)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        while (!so()) await Task.Delay(20, limit.Token);
    }

    private static void AssertSame(string expected, string actual)
    {
        using var one = File.OpenRead(expected);
        using var other = File.OpenRead(actual);
        Assert.Equal(Convert.ToHexString(SHA256.HashData(one)), Convert.ToHexString(SHA256.HashData(other)));
    }
}
