using System.Diagnostics;
using System.Text.Json;

namespace Holdfast.Faults.Bench;

/// <summary>What is killed in one round.</summary>
internal enum Victim
{
    Lab,
    Keeper,
    Both,
    LabTwice,
    KeeperTwice,
}

/// <summary>What came of one round.</summary>
/// <param name="Victim">Who was killed.</param>
/// <param name="RecoveryMilliseconds">From the kill to the answer of a request that the page sent right after it; the cell that runs is worked off first.</param>
/// <param name="Gaps">Which gaps of the journal the keeper named then.</param>
internal sealed record Round(Victim Victim, double RecoveryMilliseconds, Range Gaps);

/// <summary>Kills the lab and the keeper under a kernel that counts, again and again, and checks everything after each time.</summary>
internal sealed class Campaign(Place place, int seed)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Random _random = new(seed);
    private readonly Witness _witness = new();
    private readonly List<Round> _rounds = [];
    private readonly List<string> _violations = [];
    private LabProcess _lab = null!;
    private Page _page = null!;
    private string _kernel = "";
    private int _kernelProcess;

    public IReadOnlyList<Round> Rounds => _rounds;

    public IReadOnlyList<string> Violations => _violations;

    public int Kills { get; private set; }

    /// <summary>Requests that a killed keeper took with it before they were recorded; the page sent others.</summary>
    public int RequestsLost { get; private set; }

    public long Seen => _witness.Records;

    public JournalCheck Last { get; private set; } = null!;

    public async Task RunAsync(int kills)
    {
        // :: 1. A lab, a page, a kernel that counts.
        _lab = LabProcess.Start(place);
        await _lab.AnswersAsync();
        _kernel = await Page.KernelAsync(_lab);
        _page = await Page.ConnectAsync(_lab, _kernel, _witness);
        await AnswerAsync(Counted.Setup);
        _kernelProcess = await KernelProcessAsync();

        // :: 2. Kill, recover, check.
        while (Kills < kills)
        {
            var victim = _random.Next(20) switch { < 6 => Victim.Lab, < 12 => Victim.Keeper, < 15 => Victim.Both, < 17 => Victim.LabTwice, _ => Victim.KeeperTwice };
            await SeeMoreAsync(1 + _random.Next(500));
            await RoundAsync(victim);
            Console.Error.Write($"\r{Kills} kills, {_witness.Records} records seen, {Violations.Count} violations ");
        }

        // :: 3. The end: nothing is on its way any more.
        await AnswerAsync("print(n + 1)");
        Check();
        if (Last.Number < 1) Break("nothing was counted");
        Console.Error.WriteLine();
        await _lab.KillAsync();
        _page.Dispose();
        _lab.Dispose();
        await place.RunAsync("keeper", "stop", "--yes");
    }

    private void Break(string promise)
    {
        _violations.Add(promise);
        Console.Error.WriteLine($"\nbroken: {promise}");
    }

    private async Task RoundAsync(Victim victim)
    {
        var gapsBefore = Last?.Gaps.Count ?? 0;
        var began = Stopwatch.GetTimestamp();
        if (victim is Victim.Keeper or Victim.KeeperTwice or Victim.Both) KillKeeper();
        if (victim is Victim.Lab or Victim.LabTwice or Victim.Both) await RestartLabAsync(again: victim == Victim.LabTwice);
        if (victim == Victim.KeeperTwice)
        {
            // The next one dies while it takes up what it finds.
            while (place.Keepers().Count == 0) await Task.Delay(1);
            await Task.Delay(_random.Next(200));
            KillKeeper();
        }

        if (_page.Receiving.IsCompleted) await ConnectAsync();
        await AnswerAsync("pass");
        var recovery = Stopwatch.GetElapsedTime(began).TotalMilliseconds;
        if (await KernelProcessAsync() is var process && process != _kernelProcess) Break($"after kill {Kills} ({victim}) the kernel's process is {process}, not {_kernelProcess}");
        Check();
        _rounds.Add(new Round(victim, recovery, gapsBefore..Last!.Gaps.Count));
    }

    private void KillKeeper()
    {
        foreach (var id in place.Keepers())
        {
            using var keeper = Process.GetProcessById(id);
            keeper.Kill();
            keeper.WaitForExit();
            Kills++;
        }
    }

    private async Task RestartLabAsync(bool again)
    {
        for (var more = again ? 1 : 0; more >= 0; more--)
        {
            await _lab.KillAsync();
            Kills++;
            _lab.Dispose();
            await _page.Receiving;
            _lab = LabProcess.Start(place);
            if (more > 0) await Task.Delay(_random.Next(250));
        }

        await _lab.AnswersAsync();
        if (await Page.KernelAsync(_lab) is var kernel && kernel != _kernel) Break($"after kill {Kills} the notebook has kernel {kernel}, not {_kernel}");
    }

    private async Task ConnectAsync()
    {
        _page.Dispose();
        _page = await Page.ConnectAsync(_lab, _kernel, _witness);
    }

    /// <summary>Keeps the kernel counting until the page was shown so many records more.</summary>
    private async Task SeeMoreAsync(int records)
    {
        var goal = _witness.Records + records;
        while (_witness.Records < goal)
        {
            if (await _page.ExecuteAsync(Counted.Cell) is not { } id)
            {
                Break($"after kill {Kills} the page's connection was lost");
                await ConnectAsync();
                continue;
            }

            if (await _witness.WaitAsync(() => _witness.Records >= goal || _witness.IsReplied(id), Limit)) continue;
            Break($"after kill {Kills} nothing came for {Limit.TotalSeconds} s");
            return;
        }
    }

    /// <summary>Sends a request and waits for its answer.</summary>
    private async Task AnswerAsync(string code)
    {
        for (var tries = 0; tries < 3; tries++)
        {
            var id = await _page.ExecuteAsync(code);
            if (id is not null && await _witness.WaitAsync(() => _witness.IsReplied(id), Limit / 4)) return;
            Check();
            if (id is not null && Last.Holds(id))
            {
                Break($"after kill {Kills} a request is recorded, {(Last.Answers(id) ? $"its answer, too, and the page was shown nothing past record {Last.LastShown} of {Last.Records}" : "and was not answered")} within {(Limit / 4).TotalSeconds} s");
                return;
            }

            RequestsLost++;
            if (_page.Receiving.IsCompleted) await ConnectAsync();
        }

        Break($"after kill {Kills} no request got through");
    }

    private void Check()
    {
        Last = JournalCheck.Of(place.JournalOf(_kernel), _witness.Connections());
        foreach (var violation in Last.Violations.Except(_violations).ToList()) Break(violation);
    }

    private async Task<int> KernelProcessAsync()
    {
        using var list = JsonDocument.Parse(await place.RunAsync("keeper", "ls", "-o", "json"));
        return list.RootElement.GetProperty("kernels").EnumerateArray().Where(kernel => kernel.GetProperty("id").GetString() == _kernel)
            .Select(kernel => kernel.GetProperty("pid").ValueKind == JsonValueKind.Number ? kernel.GetProperty("pid").GetInt32() : 0).FirstOrDefault(-1);
    }
}
