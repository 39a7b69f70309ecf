using System.Text.Json;
using Holdfast.Notebooks.Percent;
using Holdfast.Notebooks.Tests.Corpus;

namespace Holdfast.Notebooks.Tests.Percent;

/// <summary>Goldens written from jupytext's documentation of its percent format.</summary>
public class NotebookPercentTests
{
    private const string Header = """
        # ---
        # jupyter:
        #   jupytext:
        #     text_representation:
        #       extension: .py
        #       format_name: percent
        #       format_version: '1.3'
        #   kernelspec:
        #     display_name: Python 3 (ipykernel)
        #     language: python
        #     name: python3
        # ---


        """;

    private static readonly string Kernel = """{"kernelspec":{"name":"python3","display_name":"Python 3 (ipykernel)","language":"python"},"language_info":{"name":"python"}}""";

    [Fact]
    public void Of_CodeMarkdownAndRaw_IsWhatJupytextWrites() => Assert.Equal(
        Header + "# %% [markdown]\n# # Title\n#\n# text\n\n# %%\nx = 1\n\n# %% [raw]\n# raw\n\n# %%\n",
        Script(Kernel, ("markdown", "# Title\n\ntext", "{}"), ("code", "x = 1", "{}"), ("raw", "raw", "{}"), ("code", "", "{}")));

    [Theory]
    [InlineData("""{"tags":["parameters"]}""", "# %% tags=[\"parameters\"]")]
    [InlineData("""{"title":"Load it","tags":["a","é"]}""", "# %% Load it tags=[\"a\", \"\\u00e9\"]")]
    [InlineData("""{"title":"a = b"}""", "# %% title=\"a = b\"")]
    [InlineData("""{"cell_depth":1,"title":"Part"}""", "# %%% Part")]
    [InlineData("""{"slideshow":{"slide_type":"slide"},"n":1.0,"none":null}""", "# %% slideshow={\"slide_type\": \"slide\"} n=1.0 none=null")]
    [InlineData("""{"collapsed":true,"scrolled":false,"trusted":true,"ExecuteTime":{},"execution":{},"tags":[]}""", "# %%")]
    [InlineData("""{"lines_to_next_cell":1,"jupyter":{"source_hidden":true}}""", "# %% jupyter={\"source_hidden\": true}")]
    public void Of_CellMetadata_StandsBehindTheMarker(string metadata, string marker) =>
        Assert.Equal($"{Header}{marker}\nx\n", Script(Kernel, ("code", "x", metadata)));

    [Theory]
    [InlineData("%matplotlib inline\nx", "# %matplotlib inline\nx")]
    [InlineData("if y:\n    %timeit f()", "if y:\n    # %timeit f()")]
    [InlineData("!ls -l\nfiles = !ls\nt = %time f()", "# !ls -l\n# files = !ls\n# t = %time f()")]
    [InlineData("# %matplotlib inline", "# # %matplotlib inline")]
    [InlineData("!pip install \\\n  torch\nx", "# !pip install \\\n#   torch\nx")]
    [InlineData("!echo \\\n%% x\nx", "# !echo \\\n# \\%% x\nx")]
    [InlineData("%%time\nf()", "# %%time\nf()")]
    [InlineData("f?\n?f\ncd /tmp\ncat = 1", "# f?\n# ?f\n# cd /tmp\ncat = 1")]
    [InlineData("s = '''\n%no magic\n# %% no cell\n'''", "s = '''\n%no magic\n# %% no cell\n'''")]
    [InlineData("# %% a cell?\n# In[3]:\nx", "# # %% a cell?\n# # In[3]:\nx")]
    [InlineData("print(1)\r\nprint(2)", "print(1)\r\nprint(2)")]
    public void Of_WhatIsNoPythonOrWouldBeginACell_IsAComment(string source, string lines) =>
        Assert.Equal($"{Header}# %%\n{lines}\n", Script(Kernel, ("code", source, "{}")));

    [Theory]
    [InlineData("%%bash\nls\n\necho %%", "# %% language=\"bash\"\n# ls\n#\n# echo %%\n")]
    [InlineData("%%bash -s a\nls", "# %% magic_args=\"-s a\" language=\"bash\"\n# ls\n")]
    [InlineData("%%latex\n%% comment", "# %% language=\"latex\"\n# \\%% comment\n")]
    [InlineData("s = '''open", "# %% active=\"ipynb\"\n# s = '''open\n")]
    public void Of_ACellThatIsNoPython_IsAllComments(string source, string script) => Assert.Equal(Header + script, Script(Kernel, ("code", source, "{}")));

    [Fact]
    public void Of_FunctionsAndClasses_HaveTwoBlankLinesAround() => Assert.Equal(
        Header + "# %%\nimport a\n\n\n# %%\ndef f():\n    return 1\n\n\n# %%\nf()\n\n# %% [markdown]\n# end\n",
        Script(Kernel, ("code", "import a", "{}"), ("code", "def f():\n    return 1", "{}"), ("code", "f()", "{}"), ("markdown", "end", "{}")));

    [Fact]
    public void Of_FrontMatterInARawCell_StandsInTheHeader() => Assert.Equal(
        "# ---\n# title: My page\n" + Header[6..] + "# %%\nx\n", Script(Kernel, ("raw", "---\ntitle: My page\n---", "{}"), ("code", "x", "{}")));

    [Fact]
    public void Of_AnotherLanguage_HasItsCommentsAndExtension()
    {
        var script = NotebookPercent.Of(Notebook("""{"language_info":{"name":"javascript","file_extension":".js"}}""", ("markdown", "é", "{}"), ("code", "%x\nlet a", "{}")));
        Assert.Equal(".js", script.Extension);
        Assert.Equal(
            "// -*- coding: utf-8 -*-\n// ---\n// jupyter:\n//   jupytext:\n//     text_representation:\n//       extension: .js\n//       format_name: percent\n//       format_version: '1.3'\n// ---\n\n// %% [markdown]\n// é\n\n// %%\n// %x\nlet a\n",
            script.Text);
        Assert.Equal(["é", "%x\nlet a"], Cells(NotebookPercent.Read(script.Text, ".js")).Select(cell => cell.Source));
    }

    [Theory]
    [InlineData("#%%\nx\n#%%\ny\n", "x", "y")]
    [InlineData("import a\n\n# %% Spyder's\nb\n# %%%\nc\n", "import a", "b", "c")]
    [InlineData("#!/usr/bin/env python\n# coding: utf-8\n\n# # Title\n\n# In[1]:\n\n\nx\n\n\n# In[ ]:\n\n\ny\n\n", "# # Title", "x", "y")]
    [InlineData("\r\n# %%\r\nx\r\n", "x")]
    [InlineData("# copy the data\n# why?\n# %%\n# !ls\n", "# copy the data\n# why?", "!ls")]
    [InlineData("s = '''\n# %% never closed\nx\n", "s = '''", "x")]
    [InlineData("# <codecell>\nx\n", "x")]
    [InlineData("")]
    public void Read_AScriptByHand_HasItsCells(string script, params string[] sources) =>
        Assert.Equal(sources, Cells(NotebookPercent.Read(script)).Select(cell => cell.Source));

    [Theory]
    [InlineData("# %% [markdown]\n\"\"\"\n# Title\n\nwith # %% in it\n\"\"\"\n", "markdown", "# Title\n\nwith # %% in it")]
    [InlineData("# %% [md] A title\nr'''one line'''\n", "markdown", "one line")]
    [InlineData("# %% [markdown]\n#no space\nnot commented\n", "markdown", "no space\nnot commented")]
    [InlineData("# %% [raw]\n# text\n", "raw", "text")]
    [InlineData("# %% active=\"py\"\nx\n", "raw", "x")]
    public void Read_ATextCell_HasItsTypeAndText(string script, string type, string source)
    {
        var cell = Assert.Single(Cells(NotebookPercent.Read(script)));
        Assert.Equal((type, source), (cell.Type, cell.Source));
    }

    [Theory]
    [InlineData("# %% A title [markdown] tags=['a', 'b'] n=1", """{"title":"A title","tags":["a","b"],"n":1}""")]
    [InlineData("# %% {\"tags\": [\"a\"]}", """{"tags":["a"]}""")]
    [InlineData("# %% hide=True x=None y=(1, 2) s='it\\'s'", """{"hide":true,"x":null,"y":[1,2],"s":"it's"}""")]
    [InlineData("# %% Step a=b c", """{"title":"Step","incorrectly_encoded_metadata":"a=b c"}""")]
    public void Read_Metadata_MayBeJsonOrPython(string marker, string metadata)
    {
        var cell = Assert.Single(Cells(NotebookPercent.Read(marker + "\n# x\n")));
        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(metadata), JsonElement.Parse(cell.MetadataJson.Span)), System.Text.Encoding.UTF8.GetString(cell.MetadataJson.Span));
    }

    [Fact]
    public void Read_AHeaderThatIsNotYaml_SaysWhere()
    {
        Assert.False(NotebookPercent.Read("# ---\n# title: x\n# jupyter:\n#   kernelspec: [\n# ---\n\nx\n").TryGet(out _, out var fault));
        Assert.Equal(5, fault.Line);
        Assert.StartsWith("Line 5, column 1: The header of the script is not YAML: ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_AScriptWithoutHeader_IsWrittenWithoutOneAgain()
    {
        const string script = "#!/usr/bin/env python\n# %%\nx = 1\n\n# %% [markdown]\n# text\n";
        Assert.True(NotebookPercent.Read(script).TryGet(out var notebook, out _));
        Assert.Equal(script, NotebookPercent.Of(notebook).Text);
    }

    internal static NotebookDocument Notebook(string metadata, params (string Type, string Source, string Metadata)[] cells) => Samples.Read($$"""
        {"cells":[{{string.Join(',', cells.Select(cell => $$"""{"cell_type":"{{cell.Type}}",{{(cell.Type == "code" ? "\"execution_count\":1,\"outputs\":[{\"name\":\"stdout\",\"output_type\":\"stream\",\"text\":\"out\"}]," : "")}}"metadata":{{cell.Metadata}},"source":{{JsonSerializer.Serialize(cell.Source)}}}"""))}}],"metadata":{{metadata}},"nbformat":4,"nbformat_minor":4}
        """);

    private static string Script(string metadata, params (string Type, string Source, string Metadata)[] cells) => NotebookPercent.Of(Notebook(metadata, cells)).Text;

    private static IReadOnlyList<NotebookCell> Cells(NotebookResult read)
    {
        Assert.True(read.TryGet(out var notebook, out var fault), fault?.Message);
        return notebook.Cells;
    }
}
