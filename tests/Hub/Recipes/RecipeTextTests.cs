using Holdfast.Hub.Loss;
using Holdfast.Hub.Recipes;

namespace Holdfast.Hub.Tests.Recipes;

public sealed class RecipeTextTests
{
    private const string Site = "/usr/local/lib/python3.11/dist-packages";

    [Fact]
    public void Lines_OfAllSources_HaveExactVersionsAndOnlyWhatWasAskedFor()
    {
        PackageDifference[] changes =
        [
            New(new("apt", "", "tree", "2.1.0-1", true)), New(new("apt", "", "libtree", "1", false)), New(new("apt", "", "g++", "4:12.2.0-3", true)),
            New(new("pip", Site, "torch", "2.1.0+cu118", true)), New(new("pip", "/home/ada/.local/lib/python3.11/site-packages", "own", "1!2", true)),
            New(new("pip", Site, "repo", "0", true, "git+https://example.org/r@abc")), New(new("pip", "/opt/venv/lib/python3.12/site-packages", "inside", "7", true)),
            New(new("pip", "/home/ada/venv/lib/python3.12/site-packages", "apart", "7", true)), New(new("pip", Site, "local", "1", true, "file:///notebooks/local")), New(new("pip", Site, "edited", "1", true, "-e file:///notebooks/edited")),
            New(new("conda", "/opt/conda/envs/train", "numpy", "1.25.0=py311_0", true)), New(new("npm", "/usr/local/lib/node_modules", "@scope/tool", "1.2.3", true)),
            new(new("apt", "", "vim", "9", true), "9", null), new(new("pip", Site, "old", "1", true), "1", null),
        ];

        Assert.Equal("""
            RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends g++=4:12.2.0-3 tree=2.1.0-1 && rm -rf /var/lib/apt/lists/*
            RUN DEBIAN_FRONTEND=noninteractive apt-get remove -y vim
            RUN /opt/conda/bin/conda install -y -p /opt/conda/envs/train numpy=1.25.0=py311_0
            RUN PIP_BREAK_SYSTEM_PACKAGES=1 python3.11 -m pip install --no-cache-dir git+https://example.org/r@abc 'own==1!2' torch==2.1.0+cu118
            RUN PIP_BREAK_SYSTEM_PACKAGES=1 /opt/venv/bin/python -m pip install --no-cache-dir inside==7
            # apart 7 is in /home/ada/venv/lib/python3.12/site-packages, an environment of its own in the home: it stays there.
            # local 1 was installed from file:///notebooks/local
            COPY ["packages/local/", "/site/"]
            # edited 1 was installed from -e file:///notebooks/edited, which is not in the image. Publish it, and write how to install it.
            RUN PIP_BREAK_SYSTEM_PACKAGES=1 python3.11 -m pip uninstall -y old
            RUN npm install -g @scope/tool@1.2.3

            """, RecipeText.Lines(changes, "/home/ada", package => package.Name == "local" ? ("packages/local/", "/site/") : null));
    }

    [Fact]
    public void Lines_NamesOfSomebodyWithBadIntent_StayOneWord()
    {
        var line = RecipeText.Lines([New(new("pip", Site, "x'; rm -rf / #\nRUN evil", "1", true))], "/home/ada", _ => null);

        Assert.Equal(@"RUN PIP_BREAK_SYSTEM_PACKAGES=1 python3.11 -m pip install --no-cache-dir 'x'\''; rm -rf / # RUN evil==1'" + "\n", line);
    }

    [Fact]
    public void Installs_OfItsOwnLinesAndOthers_AreFound()
    {
        var found = RecipeText.Installs("""
            FROM debian:12
            RUN apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends g++=4:12.2.0-3 tree=2.1.0-1 && rm -rf /var/lib/apt/lists/*
            RUN pip install \
                Torch_Vision==0.1 'own==1!2' unpinned
            RUN npm install -g @scope/tool@1.2.3
            RUN /opt/conda/bin/conda install -y -p /opt/conda numpy=1.25.0=py311_0
            ENV X=1==2
            """);

        Assert.Equal(
            [(("apt", "g++"), "4:12.2.0-3"), (("apt", "tree"), "2.1.0-1"), (("conda", "numpy"), "1.25.0=py311_0"), (("npm", "@scope/tool"), "1.2.3"), (("pip", "own"), "1!2"), (("pip", "torch-vision"), "0.1")],
            found.OrderBy(install => install.Key).Select(install => (install.Key, install.Value)));
    }

    [Fact]
    public void From_Image_NamesItsDigestWhereOneIsKnown()
    {
        Assert.Equal("FROM registry:5000/team/leaves@sha256:ab\n", RecipeText.From("registry:5000/team/leaves:3", "sha256:ab"));
        Assert.Equal("FROM leaves:3\n", RecipeText.From("leaves:3", null));
        Assert.EndsWith("FROM scratch\n", RecipeText.From(null, null), StringComparison.Ordinal);
    }

    [Fact]
    public void Environment_Values_AreQuoted() => Assert.Equal("ENV A=\"1 \\\"2\\\" \\$B \\\\\"\n", RecipeText.Environment(new Dictionary<string, string> { ["A"] = "1 \"2\" $B \\" }));

    private static PackageDifference New(Package package) => new(package, null, package.Version);
}
