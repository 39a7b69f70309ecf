using System.Buffers;
using System.Globalization;
using System.Text;
using Holdfast.Notebooks.Folding;

namespace Holdfast.Notebooks.Rendering;

/// <summary>
/// Printed text with the colours of terminals (ECMA-48 SGR) as HTML, in the classes that JupyterLab gives them. Carriage returns and backspaces are applied, other escape
/// sequences left out.
/// </summary>
internal sealed class AnsiHtml
{
    private static readonly string[] Names = ["black", "red", "green", "yellow", "blue", "magenta", "cyan", "white"];
    private static readonly byte[] Steps = [0, 95, 135, 175, 215, 255];

    private readonly StringBuilder _html;
    private Colour? _foreground;
    private Colour? _background;
    private bool _bold, _italic, _underline, _strike, _inverse;

    private AnsiHtml(StringBuilder html) => _html = html;

    /// <summary>A colour of the 16 named ones, or else red, green and blue.</summary>
    private readonly record struct Colour(int Named, int Red = 0, int Green = 0, int Blue = 0);

    public static void Append(StringBuilder html, string text) => new AnsiHtml(html).Run(Folded(text));

    /// <summary>The text as a terminal would show it in the end.</summary>
    private static string Folded(string text)
    {
        if (text.AsSpan().IndexOfAny('\r', '\b') < 0) return text;
        var settled = new ArrayBufferWriter<byte>(text.Length);
        var stream = new StreamText(settled);
        stream.Append(Encoding.UTF8.GetBytes(text.Replace("\r\n", "\n", StringComparison.Ordinal)));
        stream.Finish();
        return Encoding.UTF8.GetString(settled.WrittenSpan);
    }

    private void Run(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            var escape = text.IndexOf('\e');
            AppendRun(escape < 0 ? text : text[..escape]);
            if (escape < 0) return;
            text = text[escape..];
            var end = SequenceEnd(text);
            if (text.Length > 1 && text[1] == '[' && text[end - 1] == 'm') Set(text[2..(end - 1)]);
            text = text[end..];
        }
    }

    /// <summary>The length of the escape sequence that text begins with.</summary>
    private static int SequenceEnd(ReadOnlySpan<char> text)
    {
        if (text.Length < 2) return text.Length;
        if (text[1] == ']')
        {
            // A command to the terminal (a title, a link) ends with BEL or ESC \; a line's end ends it too.
            var stop = text.IndexOfAny("\a\n") is >= 0 and var bell ? bell : text.Length;
            var escape = text[..stop].IndexOf("\e\\");
            return escape >= 0 ? escape + 2 : stop < text.Length && text[stop] == '\a' ? stop + 1 : stop;
        }

        if (text[1] != '[') return 2;
        var end = 2;
        while (end < text.Length && text[end] is >= ' ' and <= '?') end++;
        return end < text.Length && text[end] is >= '@' and <= '~' ? end + 1 : end;
    }

    private void Set(ReadOnlySpan<char> parameters)
    {
        var codes = new List<int>();
        foreach (var part in parameters.ToString().Replace(':', ';').Split(';')) codes.Add(int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var code) ? code : 0);
        for (var at = 0; at < codes.Count; at++)
        {
            switch (codes[at])
            {
                case 0:
                    (_foreground, _background, _bold, _italic, _underline, _strike, _inverse) = (null, null, false, false, false, false, false);
                    break;
                case 1: _bold = true; break;
                case 3: _italic = true; break;
                case 4: _underline = true; break;
                case 7: _inverse = true; break;
                case 9: _strike = true; break;
                case 21 or 22: _bold = false; break;
                case 23: _italic = false; break;
                case 24: _underline = false; break;
                case 27: _inverse = false; break;
                case 29: _strike = false; break;
                case >= 30 and <= 37: _foreground = new Colour(codes[at] - 30); break;
                case 38: _foreground = Extended(codes, ref at); break;
                case 39: _foreground = null; break;
                case >= 40 and <= 47: _background = new Colour(codes[at] - 40); break;
                case 48: _background = Extended(codes, ref at); break;
                case 49: _background = null; break;
                case >= 90 and <= 97: _foreground = new Colour(codes[at] - 90 + 8); break;
                case >= 100 and <= 107: _background = new Colour(codes[at] - 100 + 8); break;
            }
        }
    }

    /// <summary>The colour behind 38 or 48: <c>5;n</c> of 256, or <c>2;r;g;b</c>. Null, the default, for what is neither.</summary>
    private static Colour? Extended(List<int> codes, ref int at)
    {
        if (at + 2 < codes.Count && codes[at + 1] == 5)
        {
            at += 2;
            var code = codes[at];
            if (code < 16) return new Colour(code);
            if (code > 255) return null;
            if (code >= 232) return new Colour(-1, (code - 232) * 10 + 8, (code - 232) * 10 + 8, (code - 232) * 10 + 8);
            return new Colour(-1, Steps[(code - 16) / 36], Steps[(code - 16) / 6 % 6], Steps[(code - 16) % 6]);
        }

        if (at + 4 < codes.Count && codes[at + 1] == 2)
        {
            at += 4;
            return new Colour(-1, Math.Min(255, codes[at - 2]), Math.Min(255, codes[at - 1]), Math.Min(255, codes[at]));
        }

        at = codes.Count;
        return null;
    }

    private void AppendRun(ReadOnlySpan<char> text)
    {
        if (text.IsEmpty) return;
        var classes = new List<string>();
        var style = "";
        var (front, back) = _inverse ? (_background, _foreground) : (_foreground, _background);
        AppendColour(front, _inverse, "fg", "color", classes, ref style);
        AppendColour(back, _inverse, "bg", "background-color", classes, ref style);
        if (_bold) classes.Add("ansi-bold");
        if (_italic) classes.Add("ansi-italic");
        if (_underline) classes.Add("ansi-underline");
        if (_strike) classes.Add("ansi-strike");
        if (classes.Count == 0 && style.Length == 0)
        {
            _html.AppendText(text);
            return;
        }

        _html.Append("<span");
        if (classes.Count > 0) _html.Append(" class=\"").AppendJoin(' ', classes).Append('"');
        if (style.Length > 0) _html.Append(" style=\"").Append(style).Append('"');
        _html.Append('>').AppendText(text).Append("</span>");
    }

    private void AppendColour(Colour? colour, bool isInverse, string kind, string property, List<string> classes, ref string style)
    {
        if (colour is not { } set)
        {
            if (isInverse) classes.Add("ansi-default-inverse-" + kind);
        }
        else if (set.Named < 0)
        {
            style += string.Create(CultureInfo.InvariantCulture, $"{property}:rgb({set.Red},{set.Green},{set.Blue});");
        }
        else
        {
            // As in terminals and JupyterLab, bold makes the eight dark colours of the letters bright.
            var intense = set.Named >= 8 || (_bold && kind == "fg");
            classes.Add($"ansi-{Names[set.Named % 8]}{(intense ? "-intense" : "")}-{kind}");
        }
    }
}
