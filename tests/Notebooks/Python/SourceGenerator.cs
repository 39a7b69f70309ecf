using System.Text;

namespace Holdfast.Notebooks.Tests.Python;

/// <summary>Sources put together at random from pieces that tokenizers and IPython stumble over.</summary>
internal sealed class SourceGenerator(int seed)
{
    private static readonly string[] Pieces =
    [
        "a", "foo", "größe", "数据", "x1", "_", "if", "for i in y", "def f(", "lambda", "print", "f", "rb", "In", "²", "e\u0301",
        "0", "1", "42", "0x1F", "0b102", "0o78", "1_000", "1__0", "1.", ".5", "1.5e-3j", "1e", "0777", "1if", "1..real", "1.e5",
        "'s'", "\"d\"", "'it\\'s'", "f'{a!r}'", "Rb'x\\n'", "u'ü'", "bu'x'", "'open", "\"open", "'''t'''", "\"\"\"a\n b\"\"\"", "'''open", "f'''{x}\n'''", "'a\\\n b'", "'a\\\n",
        "(", ")", "[", "]", "{", "}", ",", ";", ":", ":=", "=", "==", "!=", "->", "...", ".", "+", "**=", "//", "@", "~", "<>", "%", "%%", "!", "!!", "?", "??", "$", "/", "\\", "`",
        " ", "  ", "\t", "\f", "\n", "\n", "\n", "\n    ", "\n  ", "\n\t", "\r\n", "\r", "\v", "\u2028", "\x1c", "\\\n", " \\\n  ", "# note", "# note?\n", "\n\n",
        "\n%timeit -n 3 x", "\n!ls -l $HOME", "\nfiles = !ls *.py", "\na = b = !ls", "\nv = %time f(x)", "\n    !pip install x", "\nfoo?", "\nfoo.bar??", "\n?foo", "\n??foo", "\nfoo*?",
        "\n,f a b", "\n;f a b", "\n/f a b", "\nfor i in x: !cmd", "\nimport x; !ls", "\nfoo()?", "\n%cd 'a' \"b\"", "\nx = %time \\\n  y \\\n  z", "\n!echo é \\\n  \x07 \u200b", "\n%%time\n",
        "\n>>> a", "\n... b", "\nIn [1]: a", "\n   ...: b", "\n>>>", "\n[ins] In [2]: x?", "\nx[0]?", "\n%foo?", "\n%%foo?", "\na.1b?", "\n12.abc?", "\n%%%z?", "\n€?", "\nabc ?", "\nabc? ", "\nabc???",
    ];

    private readonly Random _random = new(seed);

    public string Source()
    {
        var source = new StringBuilder();
        for (var piece = _random.Next(1, 14); piece > 0; piece--)
        {
            source.Append(Pieces[_random.Next(Pieces.Length)]);
            if (_random.Next(3) == 0) source.Append(' ');
        }

        // Half of them begin as a line of their own.
        return _random.Next(2) == 0 ? source.ToString().TrimStart('\n') : source.ToString();
    }

    public static IEnumerable<string> Sources(int count) => Enumerable.Range(0, count).Select(seed => new SourceGenerator(seed).Source());
}
