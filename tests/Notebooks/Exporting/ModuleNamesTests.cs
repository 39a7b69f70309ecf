using System.Text.Json;
using Holdfast.Notebooks.Exporting;
using Holdfast.Notebooks.Tests.Python;

namespace Holdfast.Notebooks.Tests.Exporting;

public class ModuleNamesTests
{
    private static readonly string[] Statements =
    [
        "a = 1", "b = c = d", "e, f = 1, 2", "(g, h) = x", "[i, j] = x", "k, *l = x", "(m) = 1", "(n, o), p = x", "q: int", "r: List[int] = []", "s: 'str' = ''", "t += 1", "u //= 2",
        "v.w = 1", "v[0] = 1", "f(x)[0], y = 1, 2", "_hidden = 1", "z = a == b", "aa = lambda p, q=2: p", "lambda x=1: x", "bb = {'k': 1}['k']", "cc = [x for x in y if (z := x)]", "dd = 1 if x else 2",
        "print(a, end='')", "assert a, b", "del a", "import a as b", "from a import b", "ee = 1  # ff = 2", "gg = 1; hh = 2; print(3)", "ii = '''\njj = 1\n'''", "kk = (\n  1,\n  2,\n)", "ll = \\\n  1", "\"doc\"",
        "if a: mm = 1", "if a:\n    nn = 1\nelse:\n    oo = 1", "for x in y: pp = 1", "while a: qq = 1", "with a as b: rr = 1", "try: ss = 1\nexcept E: tt = 1\nelse: uu = 1\nfinally: vv = 1",
        "def f1(): return 1", "def f2(a=1, *, b: int = 2) -> int:\n    c = 1\n\n    return c", "async def f3(): pass", "class C1: x = 1", "class C2(A, metaclass=M):\n    d = 1\n\n    def e(self): pass",
        "@patch\ndef p1(self: X): pass", "@patch_to(X)\ndef p2(self): pass", "@dec\n@patch(as_prop=True)\ndef p3(self: X): pass", "@a.patch\ndef p4(): pass", "@dec(a=1)\n# why\n\nclass C3: pass",
        "match = 1", "match x:\n    case 1: y1 = 2\n    case _: y2 = 3", "type = 3", "# comment", "", "x = (1", "b'é'", "ww = f'{a = }'", "xx = yield_ = a if b else c,", "yy = a[1:2, ::3]", "zz: Dict[str, int] = {'a': 1}",
        "größe = 1", "print('a;b'); ab = 1", "ac = 'x' \"y\" r'\\'", "not_ = a != b", "ad = a @ b; ae @= c",
    ];

    [Fact]
    public async Task Public_OfStatementsPutTogether_IsWhatTheParserFinds()
    {
        var sources = Statements.ToList();
        for (var seed = 0; seed < 2000; seed++) sources.Add(string.Join('\n', new Random(seed).GetItems(Statements, 6)));

        var answers = await PythonPeer.AskAsync("names", sources, package: "");

        var compared = 0;
        for (var number = 0; number < sources.Count; number++)
        {
            var ours = JsonSerializer.Serialize(ModuleNames.Public([sources[number]]));
            if (answers[number].ValueKind == JsonValueKind.Null) continue;
            compared++;
            Assert.True(JsonSerializer.Serialize(answers[number]) == ours, $"{sources[number]}\n{answers[number]}\n{ours}");
        }

        Assert.InRange(compared, sources.Count / 2, sources.Count);
    }

    [Fact]
    public void Everything_OfSourcesThatAreNoPython_HasAnAnswer()
    {
        foreach (var source in SourceGenerator.Sources(3000))
        {
            Assert.NotNull(NotebookParameters.Of(source + "\n"));
            Assert.NotNull(ModuleNames.Symbols(source).ToList());
            Assert.Equal(ModuleNames.Public([source]), ModuleNames.Public([ModuleNames.WithRelativeImports(source, "lib")]));
        }
    }
}
