using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;

namespace Holdfast.Keeper.Tests.Terminals;

public sealed class TerminalTests
{
    [Fact]
    public async Task Shell_Typed_RunsOnATerminalOfItsOwnWithJobControl()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        using var talk = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, null, "/bin/bash", "--norc"));

        await talk.TypeAsync("tty; stty -a | grep -o iutf8; echo $TERM $COLORTERM $HOLDFAST_TERMINAL [$JUPYTER_TOKEN] in $PWD\n");
        await talk.SeeAsync($"xterm-256color truecolor 1 [] in {keeper.Root}\r\n");
        // What is printed shows that the line is no longer being edited.
        await talk.TypeAsync("bash -c 'echo at $((40 + 2)); exec sleep 600'\n");
        await talk.SeeAsync("at 42\r\n");
        await talk.TypeAsync("\x03");
        await talk.SeeAsync("^C");
        await talk.TypeAsync("echo code $?\n");
        await talk.SeeAsync("code 130");

        Assert.Equal("1", talk.Record.Name);
        Assert.Matches("/dev/pts/[0-9]+\r\niutf8\r\n", talk.Text);
        Assert.Equal("1", Assert.Single(client.Terminals).Name);
    }

    [Fact]
    public async Task Exit_WithACode_IsRecordedAndTheNameIsFreeAgain()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        using var first = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, "train", "sh", "-c", "echo first; exit 7"));

        var ended = await first.EndAsync(keeper.Home);
        using var second = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, "train", "sh", "-c", "echo second; kill -9 $$"));
        var killed = await second.EndAsync(keeper.Home);

        Assert.Equal((7, "first\r\n"), (ended.ExitCode, first.Text));
        Assert.Equal((137, "second\r\n"), (killed.ExitCode, second.Text));
        Assert.Contains("\"code\":7", TerminalTalk.Events(Assert.Single(TerminalArchive.All(keeper.Home), terminal => terminal.Name.StartsWith("train~", StringComparison.Ordinal)))[^1]);
        Assert.Empty(client.Terminals);
    }

    [Fact]
    public async Task Watch_OfANameThatIsNotThereYet_DoesNotEndTheTerminalThatComes()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var stop = TestContext.Current.CancellationToken;

        Assert.Equal(-1, await client.WatchTerminal("train").WaitAsync(0, stop));
        using var talk = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, "train", "sh", "-c", "read it; exit 7"));
        await talk.TypeAsync("go\n");
        var ended = await talk.EndAsync(keeper.Home);

        Assert.Equal((7, "go\r\n"), (ended.ExitCode, talk.Text));
        Assert.Equal(-1, await client.WatchTerminal("train").WaitAsync(0, stop));
    }

    [Fact]
    public async Task Folders_OfATerminal_ArePrivate()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        using var talk = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, "own", "sh", "-c", "echo done"));

        var ended = await talk.EndAsync(keeper.Home);

        foreach (var path in Directory.EnumerateFileSystemEntries(ended.Folder, "*", SearchOption.AllDirectories).Append(ended.Folder).Append(keeper.Home.TerminalsFolder))
        {
            Assert.Equal((UnixFileMode)0, File.GetUnixFileMode(path) & (UnixFileMode)0b000_111_111);
        }
    }

    [Fact]
    public async Task Typed_IsNotRecorded()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        using var talk = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, null, "bash", "-c", "read -s -p 'password: ' it; echo; echo ${#it} letters"));

        await talk.SeeAsync("password: ");
        await talk.TypeAsync("hunter2-of-the-sea\n");
        await talk.EndAsync(keeper.Home);

        Assert.Contains("18 letters", talk.Text, StringComparison.Ordinal);
        foreach (var file in Directory.EnumerateFiles(talk.Record.JournalFolder)) Assert.DoesNotContain("hunter2", await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Size_OfSeveralViewers_IsWhatAllCanShow()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        var other = await keeper.ConnectAsync();
        using var talk = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, "wide", "/bin/bash", "--norc"));
        var stop = TestContext.Current.CancellationToken;

        await client.ViewTerminalAsync("wide", "page", new TerminalSize(50, 200), stop);
        var small = await other.ViewTerminalAsync("wide", "phone", new TerminalSize(60, 40), stop);
        await talk.TypeAsync("stty size\n");
        await talk.SeeAsync("50 40\r\n");
        await other.DisposeAsync();
        // Its viewer has gone with it; when exactly is the keeper's affair.
        while (client.FindTerminal("wide")!.Size.Columns == 40) await Task.Delay(10, stop);
        await talk.TypeAsync("stty size\n");
        await talk.SeeAsync("50 200\r\n");

        Assert.Equal(new TerminalSize(50, 40), small.Value!.Size);
    }

    [Fact]
    public async Task Names_ThatCannotBeOrAreTaken_AreRefused()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        using var talk = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, "taken", "sleep", "600"));
        var stop = TestContext.Current.CancellationToken;

        Assert.Equal("exists", (await client.StartTerminalAsync(TerminalTalk.Start(keeper, "taken"), stop)).Failure?.Code);
        foreach (var name in (string[])["", "..", "a/b", "-x", "ä", new string('x', 65)])
        {
            Assert.Equal("bad-name", (await client.StartTerminalAsync(TerminalTalk.Start(keeper, name), stop)).Failure?.Code);
        }

        var missing = await client.StartTerminalAsync(TerminalTalk.Start(keeper, "none", "there-is-no-such-program"), stop);
        Assert.Equal("start-failed", missing.Failure?.Code);
        Assert.Contains("there-is-no-such-program does not exist", missing.Failure!.Message, StringComparison.Ordinal);
        Assert.Null(TerminalArchive.Find(keeper.Home, "none"));
        Assert.Equal("exists", (await client.ForgetTerminalAsync("taken", stop)).Failure?.Code);
        Assert.True((await client.EndTerminalAsync("taken", stop)).Ok);
        Assert.True((await client.ForgetTerminalAsync("taken", stop)).Ok);
        Assert.Null(TerminalArchive.Find(keeper.Home, "taken"));
        Assert.Equal("not-found", (await client.ForgetTerminalAsync("../kernels", stop)).Failure?.Code);
    }

    [Fact]
    public async Task Keeper_Killed_TheTerminalEndsWithItAndThatIsSaid()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        using var talk = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, "lost", "sh", "-c", "echo here; sleep 600"));
        await talk.SeeAsync("here");
        var removed = new TaskCompletionSource<TerminalRecord>();
        client.TerminalRemoved += gone => removed.TrySetResult(gone);

        await KeeperProgram.KillAsync(client);
        await removed.Task.WaitAsync(TestContext.Current.CancellationToken);

        var record = TerminalArchive.Find(keeper.Home, "lost")!;
        Assert.NotNull(record.Ended);
        Assert.Null(record.ExitCode);
        Assert.Contains("ended with the keeper", record.Note, StringComparison.Ordinal);
        Assert.Contains("\"lost\"", TerminalTalk.Events(record)[^1], StringComparison.Ordinal);
        // The hang-up has ended its programs.
        while (Lives(talk.Record.ProcessId)) await Task.Delay(10, TestContext.Current.CancellationToken);

        static bool Lives(int? process)
        {
            try
            {
                return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
            }
            catch (IOException)
            {
                return false;
            }
        }
    }

    [Fact]
    public async Task Flood_NobodyReading_IsAllRecorded()
    {
        const int Lines = 500_000;
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        using var talk = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, "flood", "seq", $"{Lines}"));

        var ended = await talk.EndAsync(keeper.Home);

        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(string.Concat(Enumerable.Range(1, Lines).Select(line => $"{line}\r\n")), talk.Text);
    }

    [Fact]
    public async Task Disk_Full_HoldsTheProgramBackAndGoesOnWhenThereIsRoom()
    {
        const int Lines = 700_000;
        await using var keeper = new KeeperProgram(diskMegabytes: 8);
        var client = await keeper.ConnectAsync();
        var ballast = Path.Combine(keeper.Home.StateFolder, "ballast");
        await File.WriteAllBytesAsync(ballast, new byte[5 << 20], TestContext.Current.CancellationToken);
        var held = new TaskCompletionSource<string>();
        client.TerminalChanged += changed =>
        {
            if (changed.Note is { } note && note.StartsWith("Held back", StringComparison.Ordinal)) held.TrySetResult(note);
        };

        using var talk = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, "full", "seq", $"{Lines}"));
        Assert.Contains(talk.Record.Folder, await held.Task.WaitAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
        File.Delete(ballast);
        var ended = await talk.EndAsync(keeper.Home);

        Assert.Equal(0, ended.ExitCode);
        Assert.Equal(string.Concat(Enumerable.Range(1, Lines).Select(line => $"{line}\r\n")), talk.Text);
    }

    [Fact]
    public async Task Records_OfTerminalsThatEndedLongAgo_AreLetGo()
    {
        await using var keeper = new KeeperProgram();
        var clock = new ManualClock();
        keeper.RunHere(clock, new RetentionLimits { KeepFor = TimeSpan.FromDays(2) });
        var client = await keeper.ConnectAsync();
        using var talk = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, "old", "true"));
        await talk.EndAsync(keeper.Home);

        clock.Advance(TimeSpan.FromDays(1));
        Assert.NotNull(TerminalArchive.Find(keeper.Home, "old"));
        clock.Advance(TimeSpan.FromDays(2));

        while (TerminalArchive.Find(keeper.Home, "old") is not null) await Task.Delay(10, TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task Record_SetAsideThatStillNamesItsOldPlace_DoesNotTakeTheTerminalThereWithIt()
    {
        await using var keeper = new KeeperProgram();
        var clock = new ManualClock();
        keeper.RunHere(clock, new RetentionLimits { KeepFor = TimeSpan.FromDays(2) });
        var client = await keeper.ConnectAsync();
        using var ended = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, "old", "true"));
        await ended.EndAsync(keeper.Home);
        // As on a full disk: moved, and not written anew.
        Directory.Move(ended.Record.Folder, $"{ended.Record.Folder}~x");
        using var running = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, "old", "cat"));

        clock.Advance(TimeSpan.FromDays(3));

        while (Directory.Exists($"{ended.Record.Folder}~x")) await Task.Delay(10, TestContext.Current.CancellationToken);
        Assert.True(Directory.Exists(running.Record.JournalFolder));
    }

    [Fact]
    public async Task Screen_OfARecord_IsTheSameFromItsSnapshotAndFromItsStart()
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        using var talk = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, "seq", "sh", "-c", "seq 100000; printf '\\033[31mred\\033[m \\033]2;title\\007'; read it"));
        await talk.SeeAsync("title");

        using var begun = new RecordedScreen(talk.Record);
        while (begun.CatchUp())
        {
        }

        begun.Save();
        await talk.TypeAsync("\n");
        var ended = await talk.EndAsync(keeper.Home);
        using var fromSnapshot = new RecordedScreen(ended);
        var first = fromSnapshot.Sequence;
        while (fromSnapshot.CatchUp())
        {
        }

        File.Delete(Path.Combine(ended.Folder, "screen.bin"));
        using var fromStart = new RecordedScreen(ended);
        while (fromStart.CatchUp())
        {
        }

        Assert.Equal(begun.Sequence, first);
        Assert.Equal(Made(fromStart), Made(fromSnapshot));
        Assert.Equal(10_000 + 24, fromStart.Screen.Lines().Count());

        static byte[] Made(RecordedScreen screen)
        {
            var output = new System.Buffers.ArrayBufferWriter<byte>();
            screen.Screen.WriteSnapshot(output);
            return output.WrittenSpan.ToArray();
        }
    }
}
