using System.Text;
using Holdfast.Terminals.Tests.Peer;

namespace Holdfast.Terminals.Tests;

/// <summary>Beside xterm.js, which the page uses: the screen that is kept is the screen that is shown.</summary>
public sealed class XtermTests
{
    private const int Scrollback = 200;

    [Theory]
    [InlineData(24, 80)]
    [InlineData(10, 20)]
    [InlineData(40, 133)]
    public async Task Screen_OfAnyProgram_IsThatOfXterm(int rows, int columns)
    {
        using var xterm = XtermPeer.Start();
        for (var seed = 0; seed < 400; seed++)
        {
            // At the end of a row, xterm.js takes "goes on" from a wrong row when it erases up to the cursor.
            var text = Encoding.UTF8.GetString(new RandomProgram(seed, rows, columns).Next(pieces: 20 + seed % 150)).Replace("\e[1J", "\e[J", StringComparison.Ordinal);
            var bytes = Encoding.UTF8.GetBytes(text);
            var screen = new TerminalScreen(rows, columns, Scrollback);
            screen.Feed(bytes);
            Same(await xterm.ShowAsync(rows, columns, Scrollback, bytes), XtermPeer.Show(screen), seed, bytes);
        }
    }

    [Theory]
    [InlineData(24, 80)]
    [InlineData(10, 20)]
    public async Task Snapshot_InXterm_IsTheScreen(int rows, int columns)
    {
        using var xterm = XtermPeer.Start();
        for (var seed = 1000; seed < 1400; seed++)
        {
            var bytes = new RandomProgram(seed, rows, columns).Next(pieces: 20 + seed % 150);
            var screen = new TerminalScreen(rows, columns, Scrollback);
            screen.Feed(bytes);
            if (ScreenText.CannotBeMade(screen)) continue;
            var snapshot = ScreenText.Snapshot(screen);
            Same(await xterm.ShowAsync(rows, columns, Scrollback, snapshot), XtermPeer.Show(screen), seed, snapshot);
        }
    }

    private static void Same(string xterm, string screen, int seed, byte[] bytes)
    {
        if (xterm == screen) return;
        var (wanted, are) = (xterm.Split('\n'), screen.Split('\n'));
        var at = wanted.Zip(are).TakeWhile(pair => pair.First == pair.Second).Count();
        Assert.Fail($"seed {seed}, row {at - 1} of {wanted.Length - 1}/{are.Length - 1}\nxterm {wanted.ElementAtOrDefault(at)}\nis    {are.ElementAtOrDefault(at)}\nxterm {wanted[0]}\nis    {are[0]}\nof {Encoding.UTF8.GetString(bytes).Replace("\e", "␛", StringComparison.Ordinal).Replace("\n", "␊", StringComparison.Ordinal).Replace("\r", "␍", StringComparison.Ordinal)}");
    }
}
