using System.Buffers;
using Holdfast.Journal;
using Holdfast.Keeper.Client;
using Holdfast.Keeper.Contract;
using Holdfast.Terminals;

namespace Holdfast.Keeper.Tests.Terminals;

/// <summary>The screens of real programs: from snapshots on the way the same as from the start.</summary>
public sealed class RealProgramTests
{
    [Theory]
    [InlineData(24, 80)]
    [InlineData(10, 33)]
    [InlineData(60, 200)]
    public async Task Screen_OfRealPrograms_IsTheSameFromSnapshotsOnTheWay(int rows, int columns)
    {
        await using var keeper = new KeeperProgram();
        var client = await keeper.ConnectAsync();
        await File.WriteAllLinesAsync(Path.Combine(keeper.Root, "tide.py"), Enumerable.Range(1, 300).Select(line => $"height_{line} = {line} * 0.1  # ebb 潮"), TestContext.Current.CancellationToken);
        (string[] Argv, string First, string Keys)[] programs =
        [
            (["vi", "-u", "NONE", "tide.py"], "height_3", ":set number\r150Gzz\u0006\u0002ddu:q!\r"),
            (["less", "tide.py"], "height_3", " /299\rgq"),
            (["top", "-d", "0.2"], "PID", "q"),
            (["bash", "--norc"], "$", "ls --color=always -la /etc | head -50; printf '\\e[5;10Hthere\\e[?25l'; exit\r"),
        ];
        foreach (var (argv, first, keys) in programs)
        {
            if (!File.Exists(Path.Combine("/usr/bin", argv[0]))) continue;
            using var talk = await TerminalTalk.BeginAsync(client, TerminalTalk.Start(keeper, argv[0], argv) with { Size = new TerminalSize(rows, columns), Environment = new Dictionary<string, string>(PythonKernel.Variables) { ["PS1"] = "$ " } });
            await talk.SeeAsync(first);
            await talk.TypeAsync(keys);
            var ended = await talk.EndAsync(keeper.Home);
            Assert.Equal((argv[0], 0), (argv[0], ended.ExitCode));
            Compare(ended);
        }
    }

    private static void Compare(TerminalRecord terminal)
    {
        var (whole, remade) = (new TerminalScreen(24, 80), new TerminalScreen(24, 80));
        using var reader = JournalReader.Open(terminal.JournalFolder);
        var records = 0;
        while (reader.TryRead(out var record))
        {
            RecordedScreen.Apply(whole, record);
            RecordedScreen.Apply(remade, record);
            records++;
            var snapshot = Snapshot(remade);
            remade = new TerminalScreen(remade.Rows, remade.Columns);
            remade.Feed(snapshot);
            Assert.Equal(whole.ScreenText(), remade.ScreenText());
        }

        Assert.True(records > 3);
        Assert.Equal(whole.Lines(), remade.Lines());
        Assert.Equal(Snapshot(whole), Snapshot(remade));
    }

    private static byte[] Snapshot(TerminalScreen screen)
    {
        var output = new ArrayBufferWriter<byte>();
        screen.WriteSnapshot(output);
        return output.WrittenSpan.ToArray();
    }
}
