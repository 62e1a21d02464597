using System.Globalization;
using System.Xml.Linq;
using SharpRun.Linux.Containers;
using SharpRun.Output;
using Snapshooter.Xunit;
using Xunit;

namespace SharpRun.Tests.Output;

/// <summary>The picture of <c>ns</c>: the drawing as it is kept, and what has to be true of every drawing.</summary>
public sealed class NamespacePictureTests
{
    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    [Fact]
    public void Draw_Pod() => Snapshot.Match(NamespacePicture.Draw(NamespaceSamples.Pod()), "namespaces-pod.svg");

    [Fact]
    public void Draw_Mixed() => Snapshot.Match(NamespacePicture.Draw(NamespaceSamples.Mixed()), "namespaces-mixed.svg");

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(13)]
    [InlineData(20)]
    [InlineData(45)]
    public void Draw_AnyNumber_NothingOverlapsOrLeavesThePage(int count)
    {
        XElement page = XDocument.Parse(NamespacePicture.Draw(NamespaceSamples.Many(count))).Root!;
        var paper = new Box(0, 0, Number(page, "width"), Number(page, "height"));
        List<Box> boxes = [.. page.Descendants(Svg + "rect").Select(Rectangle)];

        Assert.All(boxes, box => Assert.True(Contains(paper, box), box.ToString()));
        Assert.All(
            boxes.SelectMany((one, i) => boxes.Skip(i + 1).Select(other => (one, other))),
            static pair => Assert.True(Apart(pair.one, pair.other) || Contains(pair.one, pair.other) || Crosses(pair.one, pair.other), pair.ToString()));
        Assert.Equal(count, page.Descendants(Svg + "text").Count(static text => text.Value.StartsWith("container-", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(20)]
    public void Draw_AnyNumber_TextsStayInTheirBoxes(int count)
    {
        XElement page = XDocument.Parse(NamespacePicture.Draw([.. NamespaceSamples.Many(count), .. NamespaceSamples.Mixed()])).Root!;

        foreach (XElement text in page.Descendants(Svg + "text").Where(static text => text.Parent!.Name == Svg + "g"))
        {
            var style = new TextStyle(Number(text, "font-size"), "", text.Attribute("font-weight") is not null);
            int width = style.Width(text.Value), x = Number(text, "x") - (text.Attribute("text-anchor")?.Value switch { null => 0, "middle" => width / 2, _ => width });
            var box = new Box(x, Number(text, "y") - style.Size, width, style.Size);
            Assert.Contains(text.Parent!.Elements(Svg + "rect").Select(Rectangle), outer => Contains(outer, box));
        }
    }

    [Fact]
    public void Draw_NoContainers_SaysSo() => Assert.Contains(">no containers</text>", NamespacePicture.Draw([]), StringComparison.Ordinal);

    [Fact]
    public void Draw_NamesThatWantToBeMarkup_StayText()
    {
        List<NamespaceUser> users = [new NamespaceUser { Id = "x", Status = ContainerStatus.Running, Pid = 7, Process = "<b>&'\"\u0001\uFFFF\uDCFF" }];

        XDocument page = XDocument.Parse(NamespacePicture.Draw(users));

        Assert.Contains(page.Descendants(Svg + "title"), static title => title.Value == "x: running, process <b>&'\"\\x01\\uffff\\xff, pid 7");
    }

    [Theory]
    [InlineData("short", 200, "short")]
    [InlineData("web-log-shipper-with-a-long-name", 134, "web-lo…g-name")]
    [InlineData("😀😀😀😀😀😀😀😀", 80, "😀😀…😀")]
    [InlineData("anything", 5, "…")]
    public void Fit_Text_KeepsBeginningAndEnd(string text, int width, string expected) => Assert.Equal(expected, new TextStyle(15, "", Bold: true).Fit(text, width));

    private static Box Rectangle(XElement element) => new(Number(element, "x"), Number(element, "y"), Number(element, "width"), Number(element, "height"));

    private static int Number(XElement element, string name) => int.Parse(element.Attribute(name)!.Value, CultureInfo.InvariantCulture);

    private static bool Contains(Box outer, Box inner) =>
        inner.X >= outer.X && inner.Y >= outer.Y && inner.X + inner.Width <= outer.X + outer.Width && inner.Y + inner.Height <= outer.Y + outer.Height;

    private static bool Apart(Box one, Box other) =>
        one.X + one.Width <= other.X || other.X + other.Width <= one.X || one.Y + one.Height <= other.Y || other.Y + other.Height <= one.Y;

    /// <summary>A band over containers: it leaves them at the sides, and is not as high.</summary>
    private static bool Crosses(Box container, Box band) => band.Height == 24 && band.Y >= container.Y && band.Y + band.Height <= container.Y + container.Height;
}
