using Holdfast.Journal;
using Holdfast.Keeper.Contract;
using Holdfast.Keeper.Owned;

namespace Holdfast.Keeper.Tests;

public sealed class RetentionTests(PythonKernel python)
{
    private readonly ManualClock _clock = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private DateTimeOffset Ago(double days) => _clock.GetUtcNow().AddDays(-days);

    [Fact]
    public async Task Age_PassedAndSaved_TheWholeJournalOfAnEndedKernelGoesAndIsRemembered()
    {
        await using var keeper = new KeeperProgram();
        var old = new ArchivedKernel(keeper, "old", Ago(8), wholeUpTo: 100);
        var young = new ArchivedKernel(keeper, "young", Ago(6.5), wholeUpTo: 100);
        var unsaved = new ArchivedKernel(keeper, "unsaved", Ago(100), wholeUpTo: 0);
        var partly = new ArchivedKernel(keeper, "partly", Ago(100), wholeUpTo: 50);
        var notEnded = new ArchivedKernel(keeper, "not-ended", Ago(100), wholeUpTo: 100, ended: false);

        // At its start.
        keeper.RunHere(_clock);
        Assert.Empty(old.Segments);
        Assert.Equal(($"Let go by retention on {_clock.GetUtcNow():yyyy-MM-dd}: older than 7 days, and whole in the notebook.", 0), old.Read());
        Assert.Equal(("", 1), young.Read());
        Assert.Equal(("", 1), unsaved.Read());
        var (_, firstKept) = partly.Read();
        Assert.InRange(firstKept, 2, 51);
        // The keeper found its process gone, and ended it; what no writer had closed went as well.
        Assert.Empty(notEnded.Segments);
        Assert.Equal("old", Client.KernelArchive.Of(keeper.Home, "/work/old.ipynb").Single().Id);

        // And every hour.
        _clock.Advance(TimeSpan.FromHours(11));
        Assert.NotEmpty(young.Segments);
        _clock.Advance(TimeSpan.FromHours(2));
        Assert.Empty(young.Segments);

        // A clock that is set back keeps.
        var late = new ArchivedKernel(keeper, "late", Ago(6.99), wholeUpTo: 100);
        _clock.Set(_clock.GetUtcNow().AddDays(-3));
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.NotEmpty(late.Segments);
    }

    [Fact]
    public async Task Size_Exceeded_TheOldestOfThatRootGoFirstAndOnlyWhatIsSaved()
    {
        await using var keeper = new KeeperProgram();
        var second = new ArchivedKernel(keeper, "a-second", Ago(2), wholeUpTo: 100);
        var first = new ArchivedKernel(keeper, "first", Ago(3), wholeUpTo: 100);
        var unsaved = new ArchivedKernel(keeper, "unsaved", Ago(4), wholeUpTo: 0);
        var elsewhere = new ArchivedKernel(keeper, "elsewhere", Ago(5), wholeUpTo: 100, root: "/other");
        var (each, firstSegment) = (first.Bytes, new FileInfo(first.Segments[0]).Length);

        keeper.RunHere(_clock, new RetentionLimits { KeepBytes = (2 * each) - firstSegment });
        Assert.Empty(first.Segments);
        var (reason, kept) = second.Read();
        Assert.Equal(($"Let go by retention on {_clock.GetUtcNow():yyyy-MM-dd}: the journals of /work had more than {(2 * each) - firstSegment:N0} bytes, and it was whole in the notebook."), reason);
        Assert.InRange(kept, 2, 50);
        Assert.Equal(each, unsaved.Bytes);
        Assert.Equal(each, elsewhere.Bytes);
    }

    [Fact]
    public async Task Prune_SaysWhatWouldGoAndLetsItGoOnlyThen()
    {
        await using var keeper = new KeeperProgram();
        var saved = new ArchivedKernel(keeper, "saved", Ago(1), wholeUpTo: 100);
        var partly = new ArchivedKernel(keeper, "partly", Ago(3), wholeUpTo: 50);
        var elsewhere = new ArchivedKernel(keeper, "elsewhere", Ago(5), wholeUpTo: 0, root: "/other");
        var client = await keeper.ConnectAsync();
        var look = new PruneOrder { OnlyLook = true };

        Assert.Equal(["partly", "saved"], await KernelsAsync(look));
        Assert.Equal(["partly"], await KernelsAsync(look with { OlderThan = TimeSpan.FromDays(2) }));
        Assert.Equal(["elsewhere"], await KernelsAsync(look with { Root = "/other", EvenIfNotSaved = true }));
        Assert.Equal(["elsewhere", "partly", "partly", "saved"], await KernelsAsync(look with { EvenIfNotSaved = true }));
        Assert.Equal(3, new[] { saved, partly, elsewhere }.Count(kernel => kernel.Read() == ("", 1)));

        Assert.Equal(["partly", "saved"], await KernelsAsync(new PruneOrder()));
        Assert.Empty(saved.Segments);
        Assert.Contains("asked for by 'holdfast keeper prune'; it was whole in the notebook", saved.Read().Reasons);
        Assert.InRange(partly.Read().First, 2, 51);

        Assert.Equal(["elsewhere", "partly"], await KernelsAsync(new PruneOrder { EvenIfNotSaved = true }));
        Assert.Contains("it was not whole in a notebook", elsewhere.Read().Reasons);
        Assert.Contains("it was not whole in a notebook", partly.Read().Reasons);

        async Task<IEnumerable<string>> KernelsAsync(PruneOrder order)
        {
            var parts = await client.PruneAsync(order, Cancellation);
            Assert.True(parts.Ok, parts.Failure?.Message);
            Assert.All(parts.Value, part => Assert.Null(part.Error));
            return parts.Value.Select(part => part.Kernel).Order();
        }
    }

    [Fact]
    public async Task Allow_EndedKernel_IsKeptInItsFolder()
    {
        await using var keeper = new KeeperProgram();
        var kernel = new ArchivedKernel(keeper, "ended", Ago(1), wholeUpTo: 0);
        var client = await keeper.ConnectAsync();

        Assert.Equal(70, (await client.AllowAsync("ended", 70, Cancellation)).Value!.WholeUpTo);
        Assert.Equal(70, (await client.AllowAsync("ended", 60, Cancellation)).Value!.WholeUpTo);

        Assert.Equal(70, KernelFile.Read(kernel.Record.Folder)!.Record.WholeUpTo);
        Assert.NotNull(KernelFile.Read(kernel.Record.Folder)!.Ended);
        Assert.Equal("not-found", (await client.AllowAsync("no-such-kernel", 1, Cancellation)).Failure!.Code);
        Assert.Equal("not-found", (await client.AllowAsync("../kernels/ended", 1, Cancellation)).Failure!.Code);
    }

    [Fact]
    public async Task Size_ExceededWhileTheKernelRuns_ClosedSegmentsThatAreSavedGoAndItGoesOn()
    {
        await using var keeper = new KeeperProgram();
        keeper.RunHere(TimeProvider.System, journals: new JournalOptions { SegmentBytes = 20_000 });
        var client = await keeper.ConnectAsync();
        var kernel = await python.StartReadyAsync(keeper, client, "run.ipynb");
        using var talk = new KernelTalk(client, kernel);
        Assert.Equal(string.Concat(Enumerable.Range(0, 300).Select(i => $"{i}\n")), await talk.PrintedAsync(await talk.ExecuteAsync("for i in range(300): print(i, flush=True)")));
        var last = client.Find(kernel.Id)!.LastSequence;

        // Nothing that a lab has not said, and no number that there is not.
        Assert.Empty((await client.PruneAsync(new PruneOrder(), Cancellation)).Value!);
        Assert.InRange((await client.AllowAsync(kernel.Id, long.MaxValue, Cancellation)).Value!.WholeUpTo, last, client.Find(kernel.Id)!.LastSequence);
        Assert.Equal(client.Find(kernel.Id)!.WholeUpTo, KernelFile.Read(kernel.Folder)!.Record.WholeUpTo);

        var part = Assert.Single((await client.PruneAsync(new PruneOrder(), Cancellation)).Value!);
        Assert.Equal((false, true, 1L), (part.Ended, part.Saved, part.From));
        Assert.Single(Directory.GetFiles(kernel.JournalFolder, "*.hfj"));
        Assert.Equal("on\n", await talk.PrintedAsync(await talk.ExecuteAsync("print('on')")));
        using var reader = JournalReader.Open(kernel.JournalFolder);
        Assert.True(reader.TryRead(out var record));
        Assert.Equal(part.To + 1, record.Sequence);
    }

    [Theory]
    [InlineData(null, null, 7, 5368709120, null)]
    [InlineData("0.5", "1000", 0.5, 1000, null)]
    [InlineData("week", "", 7, 5368709120, "HOLDFAST_KEEP_DAYS")]
    [InlineData("-1", null, 7, 5368709120, "HOLDFAST_KEEP_DAYS")]
    [InlineData("30", "5 GiB", 30, 5368709120, "HOLDFAST_KEEP_BYTES")]
    public void Limits_FromTheEnvironment_AndWhatIsNotUnderstoodIsNamed(string? days, string? bytes, double keepDays, long keepBytes, string? named)
    {
        var variables = new Dictionary<string, string>();
        if (days is not null) variables["HOLDFAST_KEEP_DAYS"] = days;
        if (bytes is not null) variables["HOLDFAST_KEEP_BYTES"] = bytes;

        var limits = RetentionLimits.FromEnvironment(variables, out var problem);

        Assert.Equal((TimeSpan.FromDays(keepDays), keepBytes), (limits.KeepFor, limits.KeepBytes));
        Assert.Equal(named, problem?.Split(' ')[0]);
    }
}
