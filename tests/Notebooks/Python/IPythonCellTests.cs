using System.Text.Json;
using Holdfast.Notebooks.Python;

namespace Holdfast.Notebooks.Tests.Python;

public class IPythonCellTests
{
    public static TheoryData<string, string> Cells => new()
    {
        { "", "\n" },
        { "x = 1", "x = 1\n" },
        { "\n  \n  x\n  y\n z", "x\ny\n z\n" },
        { "%matplotlib inline", "get_ipython().run_line_magic('matplotlib', 'inline')\n" },
        { "%cd 'a' \"b\"", "get_ipython().run_line_magic('cd', '\\'a\\' \"b\"')\n" },
        { "%%bash -e\necho 'hi'\n", "get_ipython().run_cell_magic('bash', '-e', \"echo 'hi'\\n\")\n" },
        { "files = !ls $HOME", "files = get_ipython().getoutput('ls $HOME')\n" },
        { "t = %timeit -o f(x)", "t = get_ipython().run_line_magic('timeit', '-o f(x)')\n" },
        { "if x:\n    !ls \\\n  -l", "if x:\n    get_ipython().system('ls    -l')\n" },
        { "!!ls", "get_ipython().getoutput('ls')\n" },
        { "print?", "get_ipython().run_line_magic('pinfo', 'print')\n" },
        { "x = a.b??", "get_ipython().run_line_magic('pinfo2', 'a.b')\n" },
        { "*load*?", "get_ipython().run_line_magic('psearch', '*load*')\n" },
        { "??f", "get_ipython().run_line_magic('pinfo2', 'f')\n" },
        { "?", "get_ipython().show_usage()\n" },
        { ",f a b", "f(\"a\", \"b\")\n" },
        { ";f a b", "f(\"a b\")\n" },
        { "/f a b", "f(a, b)\n" },
        { ">>> a\n... b", "a\nb\n" },
        { "In [12]: a\n   ...: b", "a\nb\n" },
        { "import x; !ls", "import x; !ls\n" },
        { "for i in x: !cmd", "for i in x: !cmd\n" },
        { "a = b = !ls", "a = b = !ls\n" },
        { "foo()?", "foo()?\n" },
        { "s = '''\n%no\n!no\n'''\n# !no\n%yes", "s = '''\n%no\n!no\n'''\n# !no\nget_ipython().run_line_magic('yes', '')\n" },
        { "!echo \u200b é \x07", "get_ipython().system('echo \\u200b é \\x07')\n" },
    };

    [Theory]
    [MemberData(nameof(Cells))]
    public void ToPython_OfEachRule_IsTheCallItStandsFor(string cell, string python) => Assert.Equal(python, IPythonCell.ToPython(cell));

    [Fact]
    public async Task ToPython_OfTheRulesAndGeneratedCells_IsWhatIPythonRuns()
    {
        List<string> cells = [.. Cells.Select(row => row.Data.Item1), .. SourceGenerator.Sources(6000)];

        var answers = await PythonPeer.AskAsync("cells", cells);

        var compared = 0;
        for (var number = 0; number < cells.Count; number++)
        {
            var ours = IPythonCell.ToPython(cells[number]);
            if (answers[number].ValueKind == JsonValueKind.Null) continue;
            compared++;
            Assert.True(answers[number].GetString() == ours, $"Cell {number}: {JsonSerializer.Serialize(cells[number])}\n{answers[number].GetString()}\n{ours}");
        }

        Assert.InRange(compared, cells.Count / 2, cells.Count);
    }

    [Fact]
    public void ToPython_OfMoreMagicsThanIPythonTakes_LeavesTheRest()
    {
        var python = IPythonCell.ToPython(string.Concat(Enumerable.Repeat("!x\n", 510)));

        Assert.Equal(string.Concat(Enumerable.Repeat("get_ipython().system('x')\n", 500)) + string.Concat(Enumerable.Repeat("!x\n", 10)), python);
    }
}
