using System.Text;
using System.Text.Json.Nodes;

namespace Holdfast.Notebooks.Tests.Corpus;

/// <summary>Notebooks like those in the wild, the same ones for the same seed.</summary>
internal sealed class NotebookGenerator(int seed)
{
    private readonly Random _random = new(seed);

    private static readonly string[] Words =
    [
        "import torch", "x = 1", "plt.plot(x)", "# Überschrift", "naïve café", "数据", "🚀 launch", "\"quoted\"", "a\\b", "<div>", "/path/", "tab\there",
        "\u001b[31mred\u001b[0m", "del\u007f", "한국어 텍스트", "\ud55c\ud7a3", "b\bell", "\uffee", "𝒳 math", "", " ",
    ];

    private static readonly string[] Ends = ["\n", "\n", "\n", "\n", "\n", "\n", "\r\n", "\r", "\v", "\f", "\x1c", "\x1d", "\x1e", "\x85", "\u2028", "\u2029"];

    private static readonly string[] Numbers =
    [
        "0", "1", "-1", "1.0", "-0.0", "-0", "0.1", "1e5", "1E5", "1e-5", "1.5e300", "123456789012345680.0", "1e16", "1e15", "9007199254740993",
        "123456789012345678901234567890", "0.00001", "0.0001", "1.10", "100.0", "2.5E-3", "1e22", "5e-324", "1.7976931348623157e308", "123456.789e3",
    ];

    public byte[] File(int major, int minor) => FileStyle.Random(_random).Write(Notebook(major, minor));

    public JsonObject Notebook(int major, int minor) => major == 4 ? Version4(minor) : Version3(major);

    public string Text()
    {
        var text = new StringBuilder();
        for (var line = _random.Next(6); line > 0; line--)
        {
            for (var word = _random.Next(4); word > 0; word--)
                text.Append(Words[_random.Next(Words.Length)]).Append(' ');
            if (line > 1 || _random.Next(2) == 0)
                text.Append(Ends[_random.Next(Ends.Length)]);
        }
        return text.ToString();
    }

    private JsonObject Version4(int minor)
    {
        var cells = new JsonArray();
        for (var cell = _random.Next(8); cell > 0; cell--)
            cells.Add(Cell4(minor, cells.Count));
        return Shuffled(("cells", cells), ("metadata", Metadata()), ("nbformat", 4), ("nbformat_minor", minor));
    }

    private JsonObject Cell4(int minor, int number)
    {
        var type = Pick("code", "code", "markdown", "raw");
        var members = new List<(string, JsonNode?)> { ("cell_type", type), ("metadata", CellMetadata()), ("source", Lines(Text())) };
        if (minor >= 5 && _random.Next(8) > 0)
            members.Add(("id", _random.Next(20) == 0 ? "twice" : $"cell-{number}"));
        if (type == "code")
        {
            members.Add(("execution_count", _random.Next(2) == 0 ? null : _random.Next(1000)));
            var outputs = new JsonArray();
            for (var output = _random.Next(4); output > 0; output--)
                outputs.Add(Output4());
            members.Add(("outputs", outputs));
        }
        else if (_random.Next(4) == 0)
        {
            members.Add(("attachments", new JsonObject { ["image.png"] = new JsonObject { ["image/png"] = Base64(200) }, ["a.svg"] = new JsonObject { ["image/svg+xml"] = Lines(Text()) } }));
        }
        return Shuffled([.. members]);
    }

    private JsonObject Output4() => _random.Next(4) switch
    {
        0 => Shuffled(("output_type", "stream"), ("name", Pick("stdout", "stderr")), ("text", Lines(Text()))),
        1 => Shuffled(("output_type", "error"), ("ename", "ValueError"), ("evalue", Text()), ("traceback", new JsonArray(Text(), Text()))),
        2 => Shuffled(("output_type", "display_data"), ("data", Bundle()), ("metadata", new JsonObject())),
        _ => Shuffled(("output_type", "execute_result"), ("execution_count", 3), ("data", Bundle()), ("metadata", new JsonObject { ["image/png"] = new JsonObject { ["width"] = Number() } })),
    };

    private JsonObject Bundle() => Shuffled(
        ("text/plain", Lines(Text())),
        (Pick("text/html", "text/latex", "application/javascript", "image/svg+xml"), Lines(Text())),
        ("image/png", _random.Next(4) == 0 ? new JsonArray(Base64(60) + "\n", Base64(20)) : Base64(_random.Next(6) == 0 ? 60_000 : 90)),
        ("application/json", new JsonObject { ["list"] = new JsonArray("a", "b"), ["n"] = Number() }),
        ("application/vnd.plotly.v1+json", new JsonArray("x", "y")));

    private JsonObject Version3(int major)
    {
        var sheets = new JsonArray();
        for (var sheet = _random.Next(1, 3); sheet > 0; sheet--)
        {
            var cells = new JsonArray();
            for (var cell = _random.Next(6); cell > 0; cell--)
                cells.Add(Cell3(major));
            sheets.Add(new JsonObject { ["cells"] = cells, ["metadata"] = new JsonObject() });
        }
        var members = new List<(string, JsonNode?)> { ("metadata", new JsonObject { ["name"] = "Untitled0", ["signature"] = "sha256:00" }), ("nbformat", major), ("worksheets", sheets) };
        if (major == 3)
            members.Add(("nbformat_minor", 0));
        return Shuffled([.. members]);
    }

    private JsonObject Cell3(int major)
    {
        var type = major == 2 ? Pick("code", "markdown", "html") : Pick("code", "code", "markdown", "heading", "raw", "html");
        var members = new List<(string, JsonNode?)> { ("cell_type", type) };
        if (major == 3)
            members.Add(("metadata", new JsonObject()));
        if (type == "heading")
            members.Add(("level", _random.Next(1, 7)));
        if (type != "code")
            return Shuffled([.. members, ("source", Old(Text(), major))]);
        members.AddRange([("collapsed", _random.Next(2) == 0), ("language", "python"), ("input", Old(Text(), major)), ("outputs", Outputs3(major))]);
        if (_random.Next(2) == 0)
            members.Add(("prompt_number", _random.Next(100)));
        return Shuffled([.. members]);
    }

    private JsonArray Outputs3(int major)
    {
        var outputs = new JsonArray();
        for (var output = _random.Next(4); output > 0; output--)
        {
            outputs.Add(_random.Next(4) switch
            {
                0 => Shuffled(("output_type", "stream"), ("stream", Pick("stdout", "stderr")), ("text", Old(Text(), major))),
                1 => Shuffled(("output_type", "pyerr"), ("ename", "E"), ("evalue", "v"), ("traceback", new JsonArray("a", "b"))),
                2 => Shuffled(("output_type", "display_data"), ("png", Base64(80)), ("text", Old(Text(), major)), ("json", "{\"a\": [1, 2.50]}")),
                _ => Shuffled(("output_type", "pyout"), ("prompt_number", 7), ("html", Old(Text(), major)), ("latex", Old(Text(), major)), ("metadata", new JsonObject { ["png"] = new JsonObject() })),
            });
        }
        return outputs;
    }

    private JsonObject Metadata()
    {
        var members = new List<(string, JsonNode?)>
        {
            ("kernelspec", Shuffled(("name", "python3"), ("display_name", "Python 3 (ipykernel)"), ("language", "python"))),
            ("language_info", Shuffled(("name", "python"), ("version", "3.11.2"))),
        };
        if (_random.Next(3) == 0)
            members.AddRange([("signature", "sha256:1"), ("orig_nbformat", 2)]);
        if (_random.Next(2) == 0)
            members.AddRange([("\U0001F600", 1), ("\uffee", 2), ("Zahl", Number()), ("größe", new JsonArray(Number(), Number(), Number()))]);
        return Shuffled([.. members]);
    }

    private JsonObject CellMetadata() => _random.Next(3) switch
    {
        0 => [],
        1 => Shuffled(("tags", new JsonArray("parameters", "ünïcode")), ("trusted", true)),
        _ => Shuffled(("scrolled", false), ("n", Number()), ("jupyter", new JsonObject { ["outputs_hidden"] = true })),
    };

    // A text as most files have it, a list of lines; sometimes as one string.
    private JsonNode Lines(string text) => _random.Next(6) == 0 ? text : new JsonArray([.. PythonSplit(text).Select(line => (JsonNode)line)]);

    private static JsonArray Old(string text, int major) =>
        new JsonArray([.. PythonSplit(text).Select(line => (JsonNode)(major == 2 ? line.TrimEnd() : line))]);

    private static IEnumerable<string> PythonSplit(string text)
    {
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOfAny(['\n', '\r', '\v', '\f', '\x1c', '\x1d', '\x1e', '\x85', '\u2028', '\u2029'], start);
            end = end < 0 ? text.Length : text[end] == '\r' && end + 1 < text.Length && text[end + 1] == '\n' ? end + 2 : end + 1;
            yield return text[start..end];
            start = end;
        }
    }

    private string Base64(int length)
    {
        var bytes = new byte[length];
        _random.NextBytes(bytes);
        return Convert.ToBase64String(bytes);
    }

    private JsonNode Number() => JsonNode.Parse(Numbers[_random.Next(Numbers.Length)])!;

    private string Pick(params string[] choices) => choices[_random.Next(choices.Length)];

    private JsonObject Shuffled(params (string Key, JsonNode? Value)[] members)
    {
        _random.Shuffle(members);
        return new JsonObject(members.Select(member => KeyValuePair.Create(member.Key, member.Value)));
    }
}
