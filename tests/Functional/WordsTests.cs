using System.Diagnostics;
using System.Text.RegularExpressions;
using Holdfast.Functional.Tests.Labs;

namespace Holdfast.Functional.Tests;

/// <summary>What the lab says at its start and its end, and what <c>ls</c> says in between.</summary>
public sealed class WordsTests
{
    private const string Endless = "import time\nwhile True: time.sleep(1)";

    [Fact]
    public async Task Start_NewFolder_SaysLinkFolderAndKernels()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();

        var said = await lab.HearAsync("Ctrl-C");

        Assert.Contains($"folder {workplace.Notebooks}\n", said, StringComparison.Ordinal);
        Assert.Contains($"  {lab.Root}lab?token=t\n", said, StringComparison.Ordinal);
        Assert.Matches(@"(?m)^Kernels: .*Python 3 \(ipykernel\) \(/\S*python3\S*\)", said);
        Assert.DoesNotContain("still running", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_AfterAKillWhileACellRan_SaysWhatIsBusySinceWhen()
    {
        await using var workplace = new Workplace();
        string kernel;
        await using (var lab = await workplace.StartLabAsync())
        {
            kernel = await RunEndlesslyAsync(lab, "night.ipynb");
            await lab.KillAsync();
        }

        await using var next = await workplace.StartLabAsync();

        var said = await next.HearAsync("Ctrl-C");
        Assert.Matches(BusyPattern("1 kernel still running: night.ipynb"), said);
        Assert.DoesNotContain("Another lab", said, StringComparison.Ordinal);
        Assert.Matches(BusyPattern(@"night.ipynb +"), await workplace.RunAsync("ls"));
        var kept = await workplace.RunAsync("keeper", "ls");
        Assert.Matches("busy since [0-2][0-9]:[0-5][0-9] .* night.ipynb", kept);
        Assert.Contains(kernel, kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_SecondLabOnTheFolder_SaysThatBothShare()
    {
        await using var workplace = new Workplace();
        await using var first = await workplace.StartLabAsync();
        using var api = new LabApi(first);
        var kernel = await api.StartKernelAsync("shared.ipynb");

        await using var second = await workplace.StartLabAsync();

        var said = await second.HearAsync("Ctrl-C");
        Assert.Contains($"Another lab serves this folder: {first.Root} (process {first.ProcessId}). Both share the same kernels.", said, StringComparison.Ordinal);
        using var other = new LabApi(second);
        Assert.Equal(kernel, (string?)(await other.GetAsync("api/sessions")).Json[0]!["kernel"]!["id"]);
    }

    [Fact]
    public async Task End_CtrlCWhileAKernelRuns_SaysWhatStaysAndHowToEndIt()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        await RunEndlesslyAsync(lab, "night.ipynb");

        Assert.Equal(0, await lab.SignalAsync("INT"));

        await lab.HearAsync($"1 kernel goes on without the lab and is found again at its next start. '{Program.Path} ls' lists it, '{Program.Path} keeper stop' ends it.");
        Assert.Matches(BusyPattern(@"night.ipynb +"), await workplace.RunAsync("ls"));
        Assert.Contains("and 1 kernel with it", await workplace.RunAsync("keeper", "stop", "--yes"), StringComparison.Ordinal);
        Assert.Contains("No lab and no kernel runs.", await workplace.RunAsync("ls"), StringComparison.Ordinal);
        Assert.Contains("No keeper runs", await workplace.RunAsync("keeper", "ls"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task End_OnlyKernelsOfAnotherFolderRun_SpeaksOfThisFolder()
    {
        await using var workplace = new Workplace();
        await using var lab = await workplace.StartLabAsync();
        using var api = new LabApi(lab);
        await api.StartKernelAsync("here.ipynb");
        var folder = Directory.CreateDirectory(workplace.PathOf("other")).FullName;
        await using var other = await RunningLab.StartAsync(workplace.Command("lab", "--no-browser", "--port", "0", "--token", "t", folder), TestContext.Current.CancellationToken);

        Assert.Equal(0, await other.SignalAsync("INT"));

        await other.HearAsync("The lab has ended; no kernel of this folder is left running.");
    }

    [Fact]
    public async Task Keeper_Killed_LsListsTheKernelThatTheNextLabTakesUp()
    {
        await using var workplace = new Workplace();
        await using (var lab = await workplace.StartLabAsync())
        {
            await RunEndlesslyAsync(lab, "night.ipynb");
            await lab.KillAsync();
        }

        using (var keeper = Process.GetProcessById(await workplace.KeeperProcessAsync()))
        {
            keeper.Kill();
            await keeper.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        var said = await workplace.RunAsync("ls");

        Assert.Matches("night.ipynb +unknown +Python 3", said);
        Assert.EndsWith("\n1 kernel runs without a keeper just now, unrecorded; the next lab takes it up.\n", said, StringComparison.Ordinal);
        await using var next = await workplace.StartLabAsync();
        await next.HearAsync("1 kernel still running: night.ipynb");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Kernel_Started_IsLoggedOnlyWhenVerbose(bool verbose)
    {
        await using var workplace = new Workplace();
        string[] words = ["lab", "--no-browser", "--port", "0", "--token", "t", workplace.Notebooks, .. verbose ? ["--verbose"] : Array.Empty<string>()];
        await using var lab = await RunningLab.StartAsync(workplace.Command(words), TestContext.Current.CancellationToken);
        using var api = new LabApi(lab);
        await api.StartKernelAsync("quiet.ipynb");
        await lab.SignalAsync("INT");

        Assert.Equal(verbose, (await lab.HearAsync("goes on without the lab")).Contains(" Information ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Restart_NothingRuns_SessionsAreTheSame()
    {
        await using var workplace = new Workplace();
        string before;
        await using (var lab = await workplace.StartLabAsync())
        {
            using var api = new LabApi(lab);
            foreach (var name in new[] { "one.ipynb", "two.ipynb" }) await api.WaitForKernelAsync(await api.StartKernelAsync(name), LabApi.IsIdle);
            before = await SessionsAsync(api);
            Assert.Equal(0, await lab.SignalAsync("TERM"));
        }

        await using var next = await workplace.StartLabAsync();
        using var later = new LabApi(next);
        Assert.Equal(before, await SessionsAsync(later));
        Assert.Contains("2 kernels still running: one.ipynb idle; two.ipynb idle", await next.HearAsync("Ctrl-C"), StringComparison.Ordinal);
    }

    private static async Task<string> RunEndlesslyAsync(RunningLab lab, string notebook)
    {
        using var api = new LabApi(lab);
        var kernel = await api.StartKernelAsync(notebook);
        await using var talk = await KernelTalk.ConnectAsync(lab, kernel);
        await talk.SendAsync(Endless);
        await api.WaitForKernelAsync(kernel, LabApi.IsBusy);
        return kernel;
    }

    /// <summary>Ids, paths and kernels of the sessions, by path.</summary>
    private static async Task<string> SessionsAsync(LabApi api) => string.Join('\n', (await api.GetAsync("api/sessions")).Json.AsArray()
        .Select(session => $"{session!["path"]} {session["id"]} {session["kernel"]!["id"]} {session["kernel"]!["name"]}").Order(StringComparer.Ordinal));

    private static Regex BusyPattern(string before) => new($"{before} ?busy since [0-2][0-9]:[0-5][0-9]");
}
