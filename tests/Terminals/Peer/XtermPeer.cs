using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;

namespace Holdfast.Terminals.Tests.Peer;

/// <summary>xterm.js without a page, as JupyterLab has it, in a Node process.</summary>
internal sealed class XtermPeer : IDisposable
{
    private readonly Process _node;

    private XtermPeer(Process node) => _node = node;

    /// <summary>Skips the test where Node or the package is not there.</summary>
    public static XtermPeer Start()
    {
        var package = Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../../web/lab/node_modules/@xterm/headless"));
        if (!Directory.Exists(package)) Assert.Skip($"{package} is not there: ./run --build-only installs it.");
        try
        {
            return new XtermPeer(Process.Start(new ProcessStartInfo("node", [Path.Combine(AppContext.BaseDirectory, "Peer/xterm_peer.cjs"), package])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                StandardInputEncoding = new UTF8Encoding(false),
                StandardOutputEncoding = Encoding.UTF8,
            })!);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("node is not there.");
            throw;
        }
    }

    /// <summary>What it shows after these bytes, as text that can be compared with <see cref="Show(TerminalScreen)"/>'s.</summary>
    public async Task<string> ShowAsync(int rows, int columns, int scrollback, byte[] bytes)
    {
        var asked = new JsonObject { ["rows"] = rows, ["columns"] = columns, ["scrollback"] = scrollback, ["data"] = Convert.ToBase64String(bytes) };
        await _node.StandardInput.WriteLineAsync(asked.ToJsonString());
        await _node.StandardInput.FlushAsync(TestContext.Current.CancellationToken);
        var shown = JsonNode.Parse((await _node.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!)!;
        return $"{shown["type"]} {shown["x"]},{shown["y"]} {((string)shown["modes"]!).Replace("true", "True", StringComparison.Ordinal).Replace("false", "False", StringComparison.Ordinal)} '{shown["title"]}'\n"
            + string.Join('\n', shown["rows"]!.AsArray().Select(row => (string)row!));
    }

    /// <summary>The same of a screen.</summary>
    public static string Show(TerminalScreen screen)
    {
        var state = screen.State();
        var modes = state.Modes;
        var mouse = modes.Mouse switch { 9 => "x10", 1000 => "vt200", 1002 => "drag", 1003 => "any", _ => "none" };
        var buffer = state.IsAlternate ? state.Alternate : state.Normal;
        var text = new StringBuilder($"{(state.IsAlternate ? "alternate" : "normal")} {buffer.X},{buffer.Y} {modes.ApplicationCursor} {modes.ApplicationKeypad} {modes.BracketedPaste} {modes.Insert} {mouse} {modes.Origin} {modes.ReverseWrap} {modes.Focus} {modes.Wrap} '{state.Title}'");
        var first = true;
        foreach (var row in screen.AllRows())
        {
            text.Append('\n').Append(!first && row.Wrapped ? '>' : ' ').AppendJoin('\t', row.Cells.Select(cell => Show(row, cell)));
            first = false;
        }

        return text.ToString();
    }

    public void Dispose()
    {
        _node.StandardInput.Close();
        _node.WaitForExit();
        _node.Dispose();
    }

    private static string Show(Row row, in Cell cell)
    {
        if (cell.Rune == 0) return $"{cell.Width}||{Colour(cell.Style.Background)}|";
        var effects = new StringBuilder();
        foreach (var (effect, name) in (ReadOnlySpan<(CellEffects, string)>)[
            (CellEffects.Bold, "Bd"), (CellEffects.Dim, "Dm"), (CellEffects.Italic, "Ic"), (CellEffects.Blink, "Bk"), (CellEffects.Inverse, "Ie"),
            (CellEffects.Invisible, "Ie"), (CellEffects.Strike, "Sh"), (CellEffects.Overline, "Oe")])
        {
            if (cell.Style.Effects.HasFlag(effect)) effects.Append(name);
        }

        if ((cell.Style.Effects & CellEffects.UnderlineMask) != 0) effects.Append("Ue");
        return $"{cell.Width}{new Rune(cell.Rune)}{row.MarksOf(cell)}|{Colour(cell.Style.Foreground)}|{Colour(cell.Style.Background)}|{effects}";
    }

    private static string Colour(uint colour) => (colour >> 24) switch { 0 => "", 1 => $"{colour & 0xFF}", _ => $"#{colour & 0xFFFFFF:x}" };
}
